// SPDX-License-Identifier: Apache-2.0
// Elements of the messages about deployment units.
#pragma once

#include <nscl/rem/tr069/rpc.h>
#include <nscl/rem/tr069/software.h>

#include "fields.h"
#include "fields_transfers.h"

namespace nscl::rem::tr069 {

template <class Form, Of<InstallOpStruct> M>
void fields(Form& form, M& operation) {
  form.word("URL", operation.url);
  form.word("UUID", operation.uuid);
  form.text("Username", operation.username);
  form.secret("Password", operation.password);
  form.word("ExecutionEnvRef", operation.execution_env_ref);
}

template <class Form, Of<UpdateOpStruct> M>
void fields(Form& form, M& operation) {
  form.word("UUID", operation.uuid);
  form.word("Version", operation.version);
  form.word("URL", operation.url);
  form.text("Username", operation.username);
  form.secret("Password", operation.password);
}

template <class Form, Of<UninstallOpStruct> M>
void fields(Form& form, M& operation) {
  form.word("UUID", operation.uuid);
  form.word("Version", operation.version);
  form.word("ExecutionEnvRef", operation.execution_env_ref);
}

template <class Form, Of<ChangeDUState> M>
void fields(Form& form, M& message) {
  form.operations("Operations", message.operations, max_entries);
  form.text("CommandKey", message.command_key);
}

template <class Form, Of<OpResultStruct> M>
void fields(Form& form, M& result) {
  form.word("UUID", result.uuid);
  form.word("DeploymentUnitRef", result.deployment_unit_ref);
  form.word("Version", result.version);
  form.word("CurrentState", result.current_state);
  form.flag("Resolved", result.resolved);
  form.word("ExecutionUnitRefList", result.execution_unit_ref_list);
  form.time("StartTime", result.start_time);
  form.time("CompleteTime", result.complete_time);
  form.one("Fault", result.fault);
}

template <class Form, Of<AutonOpResultStruct> M>
void fields(Form& form, M& result) {
  fields(form, result.result);
  form.word("OperationPerformed", result.operation_performed);
}

template <class Form, Of<DUStateChangeComplete> M>
void fields(Form& form, M& message) {
  form.repeated("Results", "OpResultStruct", message.results, max_entries);
  form.text("CommandKey", message.command_key);
}

template <class Form, Of<AutonomousDUStateChangeComplete> M>
void fields(Form& form, M& message) {
  form.repeated("Results", "AutonOpResultStruct", message.results, max_entries);
}

}  // namespace nscl::rem::tr069
