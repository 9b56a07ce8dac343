/** From the environment; what is missing stops the start. */
export function settings() {
  const required = (name: string): string => {
    const value = process.env[name];
    if (!value) throw new Error(`${name} is not set; see README.md`);
    return value;
  };
  return {
    mimiyoriUrl: required('MIMIYORI_URL'),
    token: required('MIMIYORI_TOKEN'),
    secret: required('MIMIYORI_SECRET'),
    /** Where Mimiyori reaches this service. */
    publicUrl: required('PUBLIC_URL'),
    port: Number(process.env['PORT'] ?? 3000),
    folder: process.env['DATA_DIR'] ?? 'data',
    source: process.env['SOURCE'] ?? 'qiita:tag/nestjs',
  };
}
