// zod for the whole domain, with its code generator off: the page's and workers' policies forbid eval.
import { z } from 'zod';

z.config({ jitless: true });

export { z };
