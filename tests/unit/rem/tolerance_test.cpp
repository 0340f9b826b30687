// SPDX-License-Identifier: Apache-2.0
// What CPEs do wrong and have to be understood in all the same. Numbers are those of the list of oddities.
#include <nscl/rem/tr069/values.h>

#include "support.h"

namespace nscl::rem::tr069 {
namespace {

using namespace std::string_literals;

std::string with_value(std::string_view value) {
  return enveloped("<cwmp:GetParameterValuesResponse><ParameterList><ParameterValueStruct><Name>A</Name>" + std::string(value) +
                   "</ParameterValueStruct></ParameterList></cwmp:GetParameterValuesResponse>");
}

ParameterValueStruct value_of(std::string_view text, std::string_view content_type = {}) {
  const auto parameters = read<GetParameterValuesResponse>(text, content_type).parameters;
  EXPECT_EQ(parameters.size(), 1u);
  return parameters.empty() ? ParameterValueStruct{} : parameters[0];
}

TEST(Tolerance, O9FailureAsResponse) {
  EXPECT_EQ(read_rpc<AddObjectResponse>("<cwmp:AddObjectResponse><InstanceNumber>0</InstanceNumber></cwmp:AddObjectResponse>").fault_code(), 9002u);
  EXPECT_EQ(read_rpc<AddObjectResponse>("<cwmp:AddObjectResponse><InstanceNumber>3</InstanceNumber></cwmp:AddObjectResponse>").fault_code(), 0u);
  EXPECT_EQ(read_rpc<AddObjectResponse>("<cwmp:AddObjectResponse/>").fault_code(), 9002u);
  EXPECT_EQ(read_rpc<AddObjectResponse>("<cwmp:AddObjectResponse><Status>9005</Status><InstanceNumber>3</InstanceNumber></cwmp:AddObjectResponse>").fault_code(), 9005u);
}

TEST(Tolerance, O10And25PrefixesAndNameSpaces) {
  const auto text = "<x:Envelope><x:Body><y:TransferComplete xmlns:y=\" urn:dslforum-org:cwmp-1-3 \"><z:CommandKey>k</z:CommandKey></y:TransferComplete></x:Body></x:Envelope>"s;
  EXPECT_EQ(read<TransferComplete>(text).command_key, "k");
  EXPECT_EQ(envelope_of(text).header.name_space, NameSpace::cwmp_1_3);
  const auto none = "<Envelope><Body><RebootResponse xmlns=\"urn:dslforum-org:cwmp-9-9\"/></Body></Envelope>"s;
  read<RebootResponse>(none);
  EXPECT_EQ(envelope_of(none).header.name_space, NameSpace::cwmp_1_0);
}

TEST(Tolerance, O11CodesOfFaultsAnywhere) {
  const auto deep = read_rpc<Fault>("<f:Fault><faultstring><detail><any><cwmp:Fault><SetParameterValuesFault><FaultCode>9006</FaultCode><ParameterName>A</ParameterName>"
                                    "</SetParameterValuesFault><FaultString> bad </FaultString><FaultCode> 9003 </FaultCode></cwmp:Fault></any></detail></faultstring></f:Fault>");
  EXPECT_EQ(deep.code, 9003u);
  EXPECT_EQ(deep.text, "bad");
  ASSERT_EQ(deep.parameters.size(), 1u);
  EXPECT_EQ(deep.parameters[0].code, 9006u);
  const auto without_detail = read_rpc<Fault>("<f:Fault><FaultCode>9001</FaultCode></f:Fault>");
  EXPECT_EQ(without_detail.code, 9001u);
  const auto soap = read_rpc<Fault>("<f:Fault><faultcode>Client</faultcode><faultstring> MustUnderstand </faultstring></f:Fault>");
  EXPECT_EQ(soap.code, 0u);
  EXPECT_EQ(soap.text, "MustUnderstand");
  EXPECT_EQ(read_rpc<Fault>("<f:Fault><FaultCode>many</FaultCode></f:Fault>").code, 9002u);
}

TEST(Tolerance, O12TransferComplete) {
  const auto nothing = read_rpc<TransferComplete>("<cwmp:TransferComplete/>");
  EXPECT_EQ(nothing.command_key, "");
  EXPECT_EQ(nothing.fault.code, 0u);
  EXPECT_FALSE(nothing.start_time || nothing.complete_time);
  const auto mixed = read_rpc<TransferComplete>("<cwmp:TransferComplete><CompleteTime>2026-01-01T00:00:00</CompleteTime><StartTime>yesterday</StartTime><FaultStruct>"
                                                "<FaultString>late</FaultString><FaultCode>9015</FaultCode></FaultStruct><CommandKey/></cwmp:TransferComplete>");
  EXPECT_EQ(mixed.fault.code, 9015u);
  EXPECT_EQ(mixed.complete_time, parse_date_time("2026-01-01T00:00:00Z"));
  EXPECT_FALSE(mixed.start_time);
  EXPECT_EQ(read_rpc<TransferComplete>("<cwmp:TransferComplete><FaultStruct/></cwmp:TransferComplete>").fault.code, 0u);
  // A code that cannot be read is no success.
  EXPECT_EQ(read_rpc<TransferComplete>("<cwmp:TransferComplete><FaultStruct><FaultCode>-1</FaultCode></FaultStruct></cwmp:TransferComplete>").fault.code, 9002u);
  EXPECT_EQ(read_rpc<TransferComplete>("<cwmp:TransferComplete><FaultStruct><FaultCode>E9</FaultCode></FaultStruct></cwmp:TransferComplete>").fault.code, 9002u);
}

TEST(Tolerance, O13InformWithLittleInIt) {
  const auto nothing = read_rpc<Inform>("<cwmp:Inform/>");
  ASSERT_EQ(nothing.events.size(), 1u);
  EXPECT_EQ(nothing.events[0].code, "2 PERIODIC");
  EXPECT_EQ(nothing.retry_count, 0u);
  EXPECT_EQ(nothing.max_envelopes, 1u);
  EXPECT_FALSE(nothing.current_time);
  EXPECT_TRUE(nothing.device_id.serial_number.empty());
  const auto odd = read_rpc<Inform>("<cwmp:Inform><RetryCount>often</RetryCount><Event><EventStruct><EventCode> 1  boot </EventCode></EventStruct></Event>"
                                    "<CurrentTime>1970-01-01T00:05:00Z</CurrentTime><DeviceId><OUI> 00a0c9 </OUI></DeviceId></cwmp:Inform>");
  ASSERT_EQ(odd.events.size(), 1u);
  EXPECT_EQ(odd.events[0].event(), Event::boot);
  EXPECT_FALSE(odd.current_time);
  EXPECT_EQ(odd.device_id.oui, "00a0c9");
}

TEST(Tolerance, O14NoHeader) {
  const auto text = "<Envelope><Body><cwmp:Inform/></Body></Envelope>";
  EXPECT_EQ(envelope_of(text).header.id, "");
  read<Inform>(text);
  EXPECT_EQ(envelope_of("<Envelope><Body><a/></Body><Header><cwmp:ID> x </cwmp:ID></Header></Envelope>").header.id, " x ");
}

TEST(Tolerance, O15TypesCountsAndValues) {
  EXPECT_EQ(value_of(with_value("<Value>x</Value>")).type, "string");
  EXPECT_EQ(value_of(with_value("<Value xsi:type=\"xsd:string(64)\">x</Value>")).type, "string");
  EXPECT_EQ(value_of(with_value("<Value s:type=\" dateTime \">never</Value>")).type, "dateTime");
  EXPECT_EQ(value_of(with_value("<Value xsi:type=\"xsd:boolean\">perhaps</Value>")).value, "perhaps");
  EXPECT_EQ(value_of(with_value("<Value xsi:type=\"xsd:\">x</Value>")).type, "string");
  EXPECT_EQ(value_of(with_value("<Value> </Value>")).value, " ");
  EXPECT_EQ(value_of(with_value("<Value> a <![CDATA[<b>&]]>c</Value>")).value, " a <b>&c");
  EXPECT_EQ(value_of(with_value("")).value, "");
  const auto miscounted = read_rpc<GetParameterNamesResponse>(
      "<cwmp:GetParameterNamesResponse><ParameterList a:arrayType=\"cwmp:ParameterInfoStruct[-9]\"><item><Writable> TRUE </Writable><Name> A </Name></item>"
      "<item><Name>B.</Name><Writable>yes</Writable></item></ParameterList></cwmp:GetParameterNamesResponse>");
  ASSERT_EQ(miscounted.parameters.size(), 2u);
  EXPECT_EQ(miscounted.parameters[0].name, "A");
  EXPECT_TRUE(miscounted.parameters[0].writable);
  EXPECT_FALSE(miscounted.parameters[1].writable);
}

TEST(Tolerance, O18Iso8859) {
  const auto latin1 = with_value("<Value>caf\xE9 \xFF</Value>");
  EXPECT_EQ(value_of("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + latin1).value, "caf\xC3\xA9 \xC3\xBF");
  EXPECT_EQ(value_of("<?xml version='1.0' encoding = 'iso-8859-1' ?>\n" + latin1).value, "caf\xC3\xA9 \xC3\xBF");
  EXPECT_EQ(value_of(latin1, "text/xml; Charset=\"ISO-8859-1\"").value, "caf\xC3\xA9 \xC3\xBF");
  const auto utf8 = with_value("<Value>caf\xC3\xA9</Value>");
  EXPECT_EQ(value_of("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + utf8, "text/xml; charset=utf-8").value, "caf\xC3\xA9");
  EXPECT_EQ(value_of(utf8, "text/xml; charset=klingon").value, "caf\xC3\xA9");
  EXPECT_EQ(value_of(latin1).value, "caf\xEF\xBF\xBD \xEF\xBF\xBD");   // undecodable octets are replaced
}

TEST(Tolerance, O19DeclarationsInOddPlaces) {
  const auto good = with_value("<Value>x</Value>");
  EXPECT_EQ(value_of("\xEF\xBB\xBF \r\n\t<?xml version=\"1.0\"\n  encoding=\"UTF-8\"\n?>\n" + good + "\r\n\0\0"s).value, "x");
  EXPECT_EQ(value_of("<?xml version=\"1.0\"?>\n\xEF\xBB\xBF" + good).value, "x");
  EXPECT_EQ(value_of("junk" + good + "junk").value, "x");
  EXPECT_EQ(value_of(good + "<?xml version=\"1.0\"?>").value, "x");
  EXPECT_EQ(value_of(with_value("<?xml version=\"1.0\"?><Value>x</Value>")).value, "x");
  EXPECT_EQ(value_of(with_value("<Value><![CDATA[<?xml version=\"1.0\"?>]]></Value>")).value, "<?xml version=\"1.0\"?>");
}

TEST(Tolerance, O20CharactersThatMustNotBeThere) {
  EXPECT_EQ(value_of(with_value("<Value>a\x01" "b\0c</Value>"s)).value, "a\xEF\xBF\xBD" "b\xEF\xBF\xBD" "c");
  EXPECT_EQ(value_of(with_value("<Value>R&D &amp; AT&T;&#65;&#0;&#x1F;</Value>")).value, "R&D & AT&T;A\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(value_of(with_value("<Value><![CDATA[a&b]]>&</Value>")).value, "a&b&");
  EXPECT_EQ(value_of(with_value("<Value note=\"a&b\">&nbsp;</Value><!-- & -->")).value, "&nbsp;");
  EXPECT_EQ(read_rpc<Inform>("<cwmp:Inform><Event><EventStruct><EventCode>99 BROKEN</EventCode></EventStruct></Event></cwmp:Inform>").events[0].event(), Event::unknown);
  expect_bad_envelope(with_value("<Value>a < b</Value>"));
}

TEST(Tolerance, O21IdentitiesOfEveryKind) {
  const auto inform = read_rpc<Inform>("<cwmp:Inform><DeviceId><SerialNumber>a-b/\xC3\xA4</SerialNumber><OUI>00A0C9</OUI><ProductClass/></DeviceId></cwmp:Inform>");
  EXPECT_EQ(printable(inform.device_id), "00A0C9-a%2Db%2F%C3%A4");
}

TEST(Tolerance, O30BodyThatWasCut) {
  const auto text = with_value("<Value>\xC3\xA4\xC3\xB6</Value>");
  expect_bad_envelope(text.substr(0, text.size() - 2), "not closed");
}

TEST(Tolerance, O37AnyCommandKey) {
  EXPECT_EQ(read_rpc<TransferComplete>("<cwmp:TransferComplete><CommandKey> &lt;?&gt; </CommandKey></cwmp:TransferComplete>").command_key, " <?> ");
}

TEST(Tolerance, ResultsAsAnArray) {
  const auto done = read_rpc<DUStateChangeComplete>("<cwmp:DUStateChangeComplete><Results><OpResultStruct><UUID>a</UUID></OpResultStruct><OpResultStruct><UUID>b</UUID>"
                                                    "<Fault><FaultCode>9017</FaultCode></Fault></OpResultStruct></Results></cwmp:DUStateChangeComplete>");
  ASSERT_EQ(done.results.size(), 2u);
  EXPECT_EQ(done.results[0].uuid, "a");
  EXPECT_EQ(done.results[1].fault.code, 9017u);
}

TEST(Tolerance, Headers) {
  const auto text = "<E:Envelope><E:Header><a:New E:mustUnderstand=\"1\"/><a:Old E:mustUnderstand=\"0\"/><a:HoldRequests E:mustUnderstand=\"1\">0</a:HoldRequests>"
                    "<a:NoMoreRequests>0</a:NoMoreRequests><a:SessionTimeout>-5</a:SessionTimeout><a:SupportedCWMPVersions> 1.0,1.4 </a:SupportedCWMPVersions>"
                    "</E:Header><E:Body><a:GetRPCMethods/></E:Body></E:Envelope>";
  const auto envelope = envelope_of(text);
  EXPECT_EQ(envelope.not_understood, std::vector<std::string>{"New"});
  EXPECT_EQ(envelope.header.session_timeout, 0u);
  EXPECT_EQ(version_of(envelope.header), "1.4");
}

TEST(Tolerance, WhatNobodyKnowsIsRefused) {
  EXPECT_EQ(refusal_of("<cwmp:Kicked/>"), 8000u);
  EXPECT_EQ(refusal_of("<cwmp:inform/>"), 8000u);
  EXPECT_EQ(refusal_of("<cwmp:SetParameterValuesResponse><Status>fine</Status></cwmp:SetParameterValuesResponse>"), 8003u);
  EXPECT_EQ(refusal_of("<cwmp:AddObjectResponse><InstanceNumber>4294967296</InstanceNumber></cwmp:AddObjectResponse>"), 8003u);
  EXPECT_EQ(refusal_of("<cwmp:ChangeDUState><Operations><URL>x</URL></Operations></cwmp:ChangeDUState>"), 8003u);
}

}  // namespace
}  // namespace nscl::rem::tr069
