-- SPDX-License-Identifier: Apache-2.0
-- wrk sends the requests of a file, one after the other and from the start again. They are whole and ready to send:
-- composing them here would make wrk the bottleneck.   wrk -s requests.lua URL -- FILE [FIRST]
-- The file: for each request its length in decimal digits, a newline, and its octets.
local requests = {}
local last = 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  while true do
    local length = file:read("*l")
    if not length then break end
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
  last = tonumber(arguments[2] or 0) % #requests
end

function request()
  last = last % #requests + 1
  return requests[last]
end
