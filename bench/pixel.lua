-- A tracking pixel as a replacement of a PHP tracker would have it: a line of
-- JSON at the end of a list in Redis, and the picture when Redis has answered.
-- $redis is the socket of the server.

local gif = ngx.decode_base64(
    "R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")

local function bulk(text)
    return "$" .. #text .. "\r\n" .. text .. "\r\n"
end

local function quote(text)
    return '"' .. (text or ""):gsub('[%c"\\]', function(c)
        return string.format("\\u%04x", c:byte())
    end) .. '"'
end

local function push(line)
    local socket = ngx.socket.tcp()

    socket:settimeout(5000)

    local ok, err = socket:connect("unix:" .. ngx.var.redis)

    if ok then
        ok, err = socket:send("*3\r\n" .. bulk("RPUSH") .. bulk("opens")
                              .. bulk(line))
    end

    if ok then
        ok, err = socket:receive()
    end

    if not ok or ok:sub(1, 1) ~= ":" then
        ngx.log(ngx.ERR, "redis: ", err or ok)
        return false
    end

    socket:setkeepalive(60000, 512)
    return true
end

if not push('{"time":' .. ngx.now() .. ',"path":' .. quote(ngx.var.uri)
            .. ',"address":' .. quote(ngx.var.remote_addr)
            .. ',"agent":' .. quote(ngx.var.http_user_agent) .. '}')
then
    return ngx.exit(503)
end

ngx.header["Content-Type"] = "image/gif"
ngx.header["Content-Length"] = #gif
ngx.header["Cache-Control"] = "no-store"
ngx.print(gif)
