// SPDX-License-Identifier: Apache-2.0
// Elements of Inform, of faults and of the messages that are about the device as a whole.
#pragma once

#include <nscl/rem/tr069/rpc.h>

#include "fields.h"
#include "fields_parameters.h"

namespace nscl::rem::tr069 {

template <class Form, Of<DeviceIdStruct> M>
void fields(Form& form, M& device) {
  form.identity("Manufacturer", device.manufacturer);
  form.identity("OUI", device.oui);
  form.identity("ProductClass", device.product_class);
  form.identity("SerialNumber", device.serial_number);
}

template <class Form, Of<EventStruct> M>
void fields(Form& form, M& event) {
  form.word("EventCode", event.code);
  form.text("CommandKey", event.command_key);
}

template <class Form, Of<Inform> M>
void fields(Form& form, M& message) {
  form.one("DeviceId", message.device_id);
  form.list("Event", "EventStruct", message.events, max_events);
  form.number("MaxEnvelopes", message.max_envelopes);
  form.time("CurrentTime", message.current_time);
  form.number("RetryCount", message.retry_count);
  form.list("ParameterList", "ParameterValueStruct", message.parameters, max_inform_parameters);
}

template <class Form, Of<InformResponse> M>
void fields(Form& form, M& message) {
  form.number("MaxEnvelopes", message.max_envelopes);
}

template <class Form, Of<GetRPCMethodsResponse> M>
void fields(Form& form, M& message) {
  form.strings("MethodList", message.methods, max_entries);
}

template <class Form, Of<Reboot> M>
void fields(Form& form, M& message) {
  form.text("CommandKey", message.command_key);
}

template <class Form, Of<ScheduleInform> M>
void fields(Form& form, M& message) {
  form.number("DelaySeconds", message.delay_seconds);
  form.text("CommandKey", message.command_key);
}

template <class Form, Of<SetParameterValuesFault> M>
void fields(Form& form, M& fault) {
  form.word("ParameterName", fault.parameter_name);
  form.fault_code("FaultCode", fault.code);
  form.word("FaultString", fault.text);
}

/// The element cwmp:Fault in the detail.
template <class Form, Of<Fault> M>
void fields(Form& form, M& fault) {
  form.fault_code("FaultCode", fault.code);
  form.word("FaultString", fault.text);
  form.repeated("SetParameterValuesFault", "", fault.parameters, max_parameters);
}

}  // namespace nscl::rem::tr069
