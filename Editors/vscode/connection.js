'use strict';
// Messages of the Language Server Protocol to and from a process.

const { spawn } = require('child_process');

class Connection {
  /** `onNotification(method, params)` and `onRequest(method, params)`, whose value is the answer; `onEnd(why)`. */
  constructor(command, args, handlers) {
    this.handlers = handlers;
    this.waiting = new Map();
    this.lastId = 0;
    this.input = Buffer.alloc(0);
    this.ended = false;
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.on('error', (error) => this.end(error.message));
    this.process.on('exit', (code, signal) => this.end(`it ended with ${signal || code}`));
    this.process.stdin.on('error', () => {});
    this.process.stdout.on('data', (chunk) => this.take(chunk));
    this.process.stderr.on('data', (chunk) => handlers.onLog(chunk.toString()));
  }

  end(why) {
    if (this.ended) return;
    this.ended = true;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
    this.handlers.onEnd(why);
  }

  take(chunk) {
    this.input = Buffer.concat([this.input, chunk]);
    for (;;) {
      const start = this.input.indexOf('\r\n\r\n');
      if (start < 0) return;
      const length = /content-length: *(\d+)/i.exec(this.input.toString('ascii', 0, start));
      const end = start + 4 + Number(length ? length[1] : 0);
      if (this.input.length < end) return;
      const body = this.input.toString('utf8', start + 4, end);
      this.input = this.input.subarray(end);
      if (length) this.receive(JSON.parse(body));
    }
  }

  receive(message) {
    if (message.method === undefined) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (!waiting) return;
      if (message.error) waiting.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
      else waiting.resolve(message.result);
    } else if (message.id === undefined) {
      this.handlers.onNotification(message.method, message.params);
    } else {
      Promise.resolve(this.handlers.onRequest(message.method, message.params)).then(
        (result) => this.send({ id: message.id, result: result === undefined ? null : result }),
        (error) => this.send({ id: message.id, error: { code: -32603, message: String(error) } }));
    }
  }

  send(message) {
    if (this.ended) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin.write(body);
  }

  notify(method, params) {
    this.send({ method, params });
  }

  /** `token`, if it is given, takes the request back when it is cancelled. */
  request(method, params, token) {
    if (this.ended) return Promise.reject(new Error('the language server has ended'));
    const id = ++this.lastId;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.send({ id, method, params });
    if (token) token.onCancellationRequested(() => this.notify('$/cancelRequest', { id }));
    return answer;
  }

  async stop() {
    if (this.ended) return;
    const patience = new Promise((resolve) => setTimeout(resolve, 2000));
    await Promise.race([this.request('shutdown', null).catch(() => {}), patience]);
    this.notify('exit', null);
    setTimeout(() => this.process.kill(), 2000).unref();
  }
}

module.exports = { Connection };
