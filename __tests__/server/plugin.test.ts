/** Components inside other people's applications: Fastify and NestJS. */
import 'reflect-metadata';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type CanActivate, type ExecutionContext, type INestApplication, Injectable, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastify from 'fastify';
import {
  Apply,
  array,
  Component,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  Float64,
  Int64,
  Jacobian,
  type JacobianRequest,
  type NdArray,
} from '../../src/index.js';
import { componentPlugin } from '../../src/server/index.js';
import { ComponentModule } from '../../src/server/nestjs/index.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { post, send } from './client.js';

const inputs = { x: [1, 2], s: 3 };

describe('in a Fastify application', () => {
  async function application() {
    const app = fastify();
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, { own: body }),
    );
    app.post('/own', async ({ body }) => body);
    app.get('/apply', async () => 'its own');
    app.setErrorHandler((_error, _request, reply) => reply.code(418).send('its own'));
    app.get('/broken', async () => {
      throw new Error('broken');
    });
    await app.register(componentPlugin, { component: Sampler, prefix: '/sampler' });
    await app.register(componentPlugin, {
      component: new Sampler(),
      prefix: '/second/',
      name: 'Second',
      metrics: false,
    });
    return app;
  }

  test('each component answers behind its prefix', async () => {
    const app = await application();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    for (const prefix of ['/sampler', '/second']) {
      const answer = await post(`${url}${prefix}/apply`, { inputs });
      expect([answer.status, answer.json.y.data.buffer]).toEqual([200, [3, 6]]);
    }
    expect((await send(`${url}/second/openapi.json`)).json.info.title).toBe('Second');
    expect((await send(`${url}/sampler/metrics`)).status).toBe(200);
    expect((await send(`${url}/second/metrics`)).status).toBe(404);
    const refused = await post(`${url}/sampler/apply`, {});
    expect([refused.status, refused.json.detail[0].loc]).toEqual([422, ['body', 'inputs']]);
    expect((await send(`${url}/sampler/apply`)).status).toBe(405);
    await app.close();
  });

  test('the application around it keeps its bodies, errors and routes', async () => {
    const app = await application();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    expect((await post(`${url}/own`, { a: 1 })).json).toEqual({ own: '{"a":1}' });
    expect((await send(`${url}/apply`)).text).toBe('its own');
    expect((await send(`${url}/broken`)).status).toBe(418);
    expect((await send(`${url}/nowhere`)).status).toBe(404);
    await app.close();
  });
});

@Injectable()
class Calibration {
  readonly factor = 10;
}

class ScaleInputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Int64() n = 0n;
}

class ScaleOutputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
  @Int64() n!: bigint;
}

@Component({ inputs: ScaleInputs, outputs: ScaleOutputs, version: '1.0.0' })
@DeriveVjpFromJacobian()
@Injectable()
class UnitScale extends DifferentiableComponent<ScaleInputs, ScaleOutputs> {
  readonly factor: number;

  constructor(calibration: Calibration) {
    super();
    this.factor = calibration.factor;
  }

  @Apply()
  override apply({ x, n }: ScaleInputs): ScaleOutputs {
    return { y: array(Array.from(x.data, (value) => this.factor * value)), n };
  }

  @Jacobian()
  override jacobian({ inputs: { x } }: JacobianRequest<ScaleInputs>) {
    const indices = Array.from(x.data.keys());
    return { y: { x: indices.map((i) => indices.map((j) => (i === j ? this.factor : 0))) } };
  }
}

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest().headers['x-key'] !== 'wrong';
  }
}

@Module({
  imports: [
    ComponentModule.forFeature([UnitScale, { component: Sampler, path: 'models/sampler' }], {
      providers: [Calibration],
    }),
  ],
  providers: [{ provide: APP_GUARD, useClass: KeyGuard }],
})
class Application {}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('in a NestJS application on %s', (name, adapter) => {
  let app: INestApplication;
  afterEach(() => app.close());

  async function start(rawBody = true): Promise<string> {
    app = await NestFactory.create(Application, adapter() as never, { logger: false, rawBody });
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }

  test(`the constructor is injected, and what is derived sees it (${name})`, async () => {
    const url = await start();
    const answer = await post(`${url}/unit-scale/apply`, { inputs: { x: [1, 2] } });
    expect([answer.status, answer.json.y.data.buffer]).toEqual([200, [10, 20]]);
    const body = { inputs: { x: [1, 2] }, vjp_inputs: ['x'], vjp_outputs: ['y'], cotangent_vector: { y: [1, 2] } };
    const vjp = await post(`${url}/unit-scale/vector_jacobian_product`, body);
    expect(vjp.json.x.data.buffer).toEqual([10, 20]);
  });

  test(`each component has its own path, document and page (${name})`, async () => {
    const url = await start();
    expect((await post(`${url}/models/sampler/apply`, { inputs })).json.y.data.buffer).toEqual([3, 6]);
    const document = await send(`${url}/models/sampler/openapi.json`);
    expect([document.json.info.title, document.headers['content-type']]).toEqual(['Sampler', 'application/json']);
    expect((await send(`${url}/unit-scale/health`)).text).toBe('{"status":"ok"}');
    const page = await send(`${url}/unit-scale/docs`);
    expect([page.status, page.headers['content-security-policy']]).toEqual([200, expect.stringContaining("'none'")]);
  });

  test(`formats, errors and missing endpoints are those of every server (${name})`, async () => {
    const url = await start();
    const headers = { accept: 'application/json+base64' };
    const encoded = await post(`${url}/unit-scale/apply`, { inputs: { x: [1] } }, { headers });
    expect([encoded.headers['content-type'], encoded.json.y.data.encoding]).toEqual([
      'application/json+base64',
      'base64',
    ]);
    const wrong = await post(`${url}/unit-scale/apply`, { inputs: { x: 'a' } });
    expect([wrong.status, wrong.json.detail[0].loc]).toEqual([422, ['body', 'inputs', 'x']]);
    const missing = await post(`${url}/unit-scale/jacobian_vector_product`, {});
    expect([missing.status, missing.json.ctx.code]).toEqual([404, 'E_NO_SUCH_ENDPOINT']);
    expect((await post(`${url}/unit-scale/apply`, { inputs: {} }, { headers: { accept: 'text/html' } })).status).toBe(
      406,
    );
  });

  test(`64-bit integers are exact where the body is kept as it came (${name})`, async () => {
    const url = await start();
    const { text } = await post(`${url}/unit-scale/apply`, '{"inputs":{"x":[1],"n":9007199254740993}}');
    expect(text).toContain('9007199254740993');
  });

  test(`a body that NestJS has parsed is taken too (${name})`, async () => {
    const url = await start(false);
    expect((await post(`${url}/unit-scale/apply`, { inputs: { x: [1] } })).json.y.data.buffer).toEqual([10]);
  });

  test(`guards of the application apply (${name})`, async () => {
    const url = await start();
    const { status } = await post(`${url}/unit-scale/apply`, { inputs: { x: [1] } }, { headers: { 'x-key': 'wrong' } });
    expect(status).toBe(403);
  });
});
