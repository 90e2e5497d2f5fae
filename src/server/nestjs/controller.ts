/** The controller of one component: made for its class, so that the application injects the instance. */
import {
  Controller,
  Get,
  Header,
  HttpCode,
  HttpException,
  Inject,
  Logger,
  Post,
  Req,
  Res,
  StreamableFile,
  type Type,
} from '@nestjs/common';
import { endpointNames } from '../../operators/endpoints.js';
import { operators } from '../../operators/index.js';
import { docsFiles } from '../docs/files.js';
import { errorAnswer, isPublic } from '../errorAnswer.js';
import { inlineExecutor } from '../inline.js';
import { targetOf } from '../open.js';
import { type AnswerOptions, type ComponentValue, settingsOf } from '../options.js';
import { readable } from '../packedError.js';
import { type ServedComponent, servedComponent } from '../servedComponent.js';
import { componentRequest, type NestRequest, type NestResponse } from './request.js';

/** A controller, as far as its routes need it. */
interface Served {
  readonly served: ServedComponent;
}

type Handler = (this: Served, request: NestRequest, response: NestResponse) => unknown;

/** The controller that serves `type` under `path`, its instance injected. Definition errors are raised as it is made. */
export function controllerOf(type: Type<ComponentValue & object>, path: string, options: AnswerOptions): Type<object> {
  const settings = settingsOf(options);
  class ComponentController implements Served {
    readonly served: ServedComponent;

    constructor(instance: ComponentValue) {
      this.served = servedComponent(inlineExecutor(targetOf(instance, settings.derive), settings), settings);
    }
  }
  Object.defineProperty(ComponentController, 'name', { value: `${type.name}Controller` });
  Inject(type)(ComponentController, undefined, 0);
  Controller(path)(ComponentController);
  const text = (body: string | Buffer, contentType: string) => () =>
    new StreamableFile(Buffer.from(body), { type: contentType });
  for (const name of endpointNames) {
    const decorators = [Post(operators[name].route), HttpCode(200)];
    addRoute(ComponentController, name, decorators, function (request, response) {
      return answer(this.served, () => this.served.answer(componentRequest(name, request, response)), response);
    });
  }
  addRoute(ComponentController, 'health', [Get('health')], text('{"status":"ok"}', 'application/json'));
  addRoute(ComponentController, 'document', [Get('openapi.json')], function () {
    return text(JSON.stringify(this.served.document), 'application/json')();
  });
  for (const { path: file, type: contentType, body, headers } of docsFiles()) {
    const decorators = [Get(file.slice(1)), ...Object.entries(headers).map(([name, value]) => Header(name, value))];
    addRoute(ComponentController, file, decorators, text(body, contentType));
  }
  return ComponentController;
}

function addRoute(
  controller: Type<object>,
  name: string,
  decorators: readonly MethodDecorator[],
  handler: Handler,
): void {
  const descriptor = { value: handler, configurable: true, writable: true, enumerable: false };
  Object.defineProperty(controller.prototype, name, descriptor);
  for (const decorate of decorators) decorate(controller.prototype, name, descriptor);
  Req()(controller.prototype, name, 0);
  Res({ passthrough: true })(controller.prototype, name, 1);
}

const logger = new Logger('ComponentModule');

async function answer(
  { settings }: ServedComponent,
  run: () => ReturnType<ServedComponent['answer']>,
  response: NestResponse,
): Promise<StreamableFile> {
  try {
    const { body, contentType } = await run();
    return new StreamableFile(body, { type: contentType });
  } catch (thrown) {
    const error = readable(thrown);
    const { status, body } = errorAnswer(error, { debug: settings.debug, id: 'this time' });
    if (!isPublic(error)) logger.error(error);
    if (status === 503) response.header('retry-after', '1');
    throw new HttpException(body, status);
  }
}
