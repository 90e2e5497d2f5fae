/** `cotangent/nestjs`: components in a NestJS application. */
export {
  type ComponentFeatureOptions,
  ComponentModule,
  type ComponentRoute,
  type InjectedComponent,
} from './componentModule.js';
