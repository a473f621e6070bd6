-- What one wrk thread sends: batches of tubes, each with its people by ID number; and what it was told.
local ids, tubes, swabs, token, refused_at = {}, 1, 10, "", 0
local number, thread_number = 0, 0
local counter = 0
local told

function setup(thread)
  thread:set("thread_number", counter)
  counter = counter + 1
end

function init(args)
  local folder = args[1]
  for line in io.lines(folder .. "/ids") do ids[#ids + 1] = line end
  local said = io.lines(folder .. "/said")
  token, tubes, swabs, run, pause = said(), tonumber(said()), tonumber(said()), said(), tonumber(said())
  sampled_at = said()
  told = io.open(folder .. "/acknowledged." .. thread_number, "a")
  math.randomseed(tonumber(said()) + thread_number)
  accepted, refused, later, failed = 0, 0, 0, 0
  wrk.headers["Authorization"] = "Bearer " .. token
  wrk.headers["Content-Type"] = "application/json"
end

function delay()
  return pause == 0 and 0 or math.random(0, 2 * pause)
end

function request()
  local list = {}
  for t = 1, tubes do
    number = number + 1
    local name = run .. "-" .. thread_number .. "-" .. number
    local people = {}
    local start, step = math.random(#ids), math.random(1, 997)
    for p = 1, swabs do
      people[p] = '{"id_number":"' .. ids[(start + p * step) % #ids + 1] .. '"}'
    end
    list[t] = '{"key":"' .. name .. '","tube":"T-' .. name .. '","pool":' .. swabs .. ',"sampled_at":"' ..
      sampled_at .. '","people":[' .. table.concat(people, ",") .. "]}"
  end
  return wrk.format("POST", "/v1/tubes", nil, '{"tubes":[' .. table.concat(list, ",") .. "]}")
end

function response(status, headers, body)
  if status == 200 then
    for key, what in body:gmatch('"key":"([^"]*)","status":"(%a+)"') do
      if what == "accepted" then
        accepted = accepted + 1
        told:write(key, "\n")
      else
        refused = refused + 1
      end
    end
  elseif status == 503 then
    later = later + 1
  else
    failed = failed + 1
  end
end

function done(summary, latency, requests)
  io.write(string.format("requests=%d\nseconds=%.3f\np50=%.1f\np99=%.1f\nmost=%.1f\n", summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
  local errors = summary.errors
  io.write(string.format("socket_errors=%d\ntimeouts=%d\n", errors.connect + errors.read + errors.write,
    errors.timeout))
end
