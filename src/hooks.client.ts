// Runs before the app starts: a sign-in's code leaves the address before anything could keep or send it.
import { noteReturn } from './routes/settings/came-back.ts';

noteReturn();
