using CpIs.Fhir.Storage.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The test runner, as xunit generates it; or, for the kill tests, the process that is killed.
if (await KilledProcess.RunAsync(args) is { } ended)
    return ended;
if (args.Any(a => a is "--server" or "--internal-msbuild-node"))
    return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
return await ConsoleRunner.Run(args);
