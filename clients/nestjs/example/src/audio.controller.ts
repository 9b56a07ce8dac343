import { Controller, Get, NotFoundException, Param, ParseUUIDPipe, StreamableFile } from '@nestjs/common';
import { AudioShelf } from './audio.shelf';

@Controller('audio')
export class AudioController {
  constructor(private readonly shelf: AudioShelf) {}

  @Get(':occurrence.mp3')
  async audio(@Param('occurrence', ParseUUIDPipe) occurrence: string): Promise<StreamableFile> {
    const audio = await this.shelf.get(occurrence).catch(() => {
      throw new NotFoundException('there is no such program');
    });
    return new StreamableFile(audio, { type: 'audio/mpeg' });
  }
}
