using CpIs.Fhir.Storage.Tests;
using CpIs.Fhir.Storage.Tests.Transfer;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The test runner, as xunit generates it; or, for the kill tests, the process that is killed.
if (await KilledProcess.RunAsync(args) is { } ended)
    return ended;
if (args is [CopyProcess.Verb, var from, var to])
    return await CopyProcess.RunAsync(from, to);
if (args is [CopyProcess.Verb, var folder, CopyProcess.MongoDb, var connectionString, var database])
    return await CopyProcess.RunAsync(folder, connectionString, database);
if (args.Any(a => a is "--server" or "--internal-msbuild-node"))
    return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
return await ConsoleRunner.Run(args);
