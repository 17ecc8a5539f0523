// Which random histories are played: other ones each time, except in CI, where a change must fail for what it did itself.
import * as fc from 'fast-check';

const CI_SEED = 20261120;

if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: CI_SEED });
