import { openComponent } from 'cotangent';
import { interchangeSuite } from './suite.js';
import { Twin } from './twin.js';

interchangeSuite('the twin in this process', async () => openComponent(Twin));
