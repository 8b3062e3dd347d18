"""Commands about the whole workspace: the app, the demo, jobs and the process that runs one."""
