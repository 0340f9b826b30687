// SPDX-License-Identifier: Apache-2.0
// Elements of the messages about parameters and objects.
#pragma once

#include <nscl/rem/tr069/parameters.h>
#include <nscl/rem/tr069/rpc.h>

#include "fields.h"

namespace nscl::rem::tr069 {

template <class Form, Of<ParameterValueStruct> M>
void fields(Form& form, M& parameter) {
  form.word("Name", parameter.name);
  form.value(parameter);
}

template <class Form, Of<ParameterInfoStruct> M>
void fields(Form& form, M& parameter) {
  form.word("Name", parameter.name);
  form.flag("Writable", parameter.writable);
}

template <class Form, Of<ParameterAttributeStruct> M>
void fields(Form& form, M& parameter) {
  form.word("Name", parameter.name);
  form.number("Notification", parameter.notification);
  form.strings("AccessList", parameter.access_list, max_entries);
}

template <class Form, Of<SetParameterAttributesStruct> M>
void fields(Form& form, M& parameter) {
  form.word("Name", parameter.name);
  form.flag("NotificationChange", parameter.notification_change);
  form.number("Notification", parameter.notification);
  form.flag("AccessListChange", parameter.access_list_change);
  form.strings("AccessList", parameter.access_list, max_entries);
}

template <class Form, Of<GetParameterNames> M>
void fields(Form& form, M& message) {
  form.word("ParameterPath", message.parameter_path);
  form.flag("NextLevel", message.next_level);
}

template <class Form, Of<GetParameterNamesResponse> M>
void fields(Form& form, M& message) {
  form.list("ParameterList", "ParameterInfoStruct", message.parameters, max_parameters);
}

template <class Form, class M>
  requires Of<M, GetParameterValues> || Of<M, GetParameterAttributes>
void fields(Form& form, M& message) {
  form.strings("ParameterNames", message.parameter_names, max_parameters);
}

template <class Form, Of<GetParameterValuesResponse> M>
void fields(Form& form, M& message) {
  form.list("ParameterList", "ParameterValueStruct", message.parameters, max_parameters);
}

template <class Form, Of<SetParameterValues> M>
void fields(Form& form, M& message) {
  form.list("ParameterList", "ParameterValueStruct", message.parameters, max_parameters);
  form.text("ParameterKey", message.parameter_key);
}

template <class Form, Of<GetParameterAttributesResponse> M>
void fields(Form& form, M& message) {
  form.list("ParameterList", "ParameterAttributeStruct", message.parameters, max_parameters);
}

template <class Form, Of<SetParameterAttributes> M>
void fields(Form& form, M& message) {
  form.list("ParameterList", "SetParameterAttributesStruct", message.parameters, max_parameters);
}

template <class Form, class M>
  requires Of<M, AddObject> || Of<M, DeleteObject>
void fields(Form& form, M& message) {
  form.word("ObjectName", message.object_name);
  form.text("ParameterKey", message.parameter_key);
}

template <class Form, Of<AddObjectResponse> M>
void fields(Form& form, M& message) {
  form.outcome("InstanceNumber", message.instance_number);
  form.outcome("Status", message.status);
}

template <class Form, class M>
  requires Of<M, SetParameterValuesResponse> || Of<M, DeleteObjectResponse>
void fields(Form& form, M& message) {
  form.outcome("Status", message.status);
}

}  // namespace nscl::rem::tr069
