// A suite of the shows, as it is, on a bucket: one block of the config is all that differs. `HAWSER_STORAGE=s3` (or `minio`)
// runs any other one so; this is what every run of the tests has of it.
process.env.HAWSER_STORAGE ??= "s3";
await import("./failures.it.ts");
