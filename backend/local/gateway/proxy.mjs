// Passes requests on to Realtime and to the functions: plain HTTP, and WebSockets as a tunnel.

import http from 'node:http'
import net from 'node:net'

const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 200 })

export const forward = (req, res, target, path) => {
  const upstream = http.request({
    agent: keepAlive,
    host: target.hostname,
    port: target.port,
    method: req.method,
    path,
    headers: { ...req.headers, connection: 'keep-alive' },
  })
  upstream.on('response', answer => {
    res.writeHead(answer.statusCode, answer.headers)
    answer.pipe(res)
  })
  upstream.on('error', () => {
    if (!res.headersSent) res.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
    res.end(JSON.stringify({ code: 'unavailable', message: 'The service behind this address is starting or down' }))
  })
  res.on('close', () => upstream.destroy())
  req.pipe(upstream)
}

export const tunnel = (req, socket, head, target) => {
  const upstream = net.connect(Number(target.port), target.hostname, () => {
    const headers = []
    for (let i = 0; i < req.rawHeaders.length; i += 2) headers.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`)
    upstream.write(`${req.method} ${req.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
    if (head.length) upstream.write(head)
    upstream.pipe(socket)
    socket.pipe(upstream)
  })
  for (const [one, other] of [[socket, upstream], [upstream, socket]]) {
    one.setNoDelay(true)
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}
