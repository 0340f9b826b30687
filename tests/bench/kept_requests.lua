-- SPDX-License-Identifier: Apache-2.0
-- wrk sends asynchronous requests to SCLs in turn, each with a correlationID of its own.
-- wrk -s kept_requests.lua URL -- AUTHORIZATION SCLS PREFIX_OF_THE_IDS
local authorization, scls, prefix
local count = 0

function init(arguments)
  authorization, scls, prefix = arguments[1], tonumber(arguments[2]), arguments[3]
end

function request()
  count = count + 1
  return "GET /m2m?targetID=http%3A%2F%2Fgateway-" .. count % scls .. ".example.net%2Fm2m%2Fapplications%2Fa HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nAuthorization: " .. authorization .. "\r\nX-etsi-correlationID: " .. prefix .. count .. "\r\nX-etsi-trpdt: PT36000S\r\n\r\n"
end
