// A program of its own, so that it can be killed. It makes what it is asked for, or is at it for ever.
import 'reflect-metadata';
import { open } from './house';

const { MIMIYORI_URL = '', TOKEN = '', SECRET = '', FOLDER = '', PORT = '', FOR_EVER } = process.env;

void open({
  url: MIMIYORI_URL,
  token: TOKEN,
  secret: SECRET,
  folder: FOLDER,
  port: Number(PORT),
  make: async () => {
    console.log('making');
    if (FOR_EVER) await new Promise(() => {});
    return { title: 'Made after all', audio_url: `http://127.0.0.1:${PORT}/good.mp3` };
  },
});
