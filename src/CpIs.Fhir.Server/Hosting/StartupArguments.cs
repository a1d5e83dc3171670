namespace CpIs.Fhir.Server.Hosting;

/// <summary>The command line of the server.</summary>
internal sealed record StartupArguments(bool Demo, bool Bench, string? Urls, string? Data, string? Config)
{
    public const string Help = """
        CpIs.Fhir.Server - the open exchange for Child Protection - Information Sharing (synthetic data only)

          --demo         run the main job with synthetic organisations and children, then keep serving (loopback only)
          --urls URL     listen here (default http://127.0.0.1:8080)
          --data DIR     folder of the embedded store (default ./data)
          --config FILE  settings (default fhir.config.json in the current folder, or next to the program)
          --bench        raise the rate limits and serve GET /bench/constant, for the benchmarks (loopback only)
          --help         this text

        Settings can also come from environment variables such as CPIS__SqliteDbOptions__Directory.
        """;

    /// <summary>Reads the arguments; an unknown one is refused by name.</summary>
    public static (StartupArguments? Arguments, string? Problem) Parse(IReadOnlyList<string> args)
    {
        var arguments = new StartupArguments(false, false, null, null, null);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            switch (name)
            {
                case "--demo" when value is null:
                    arguments = arguments with { Demo = true };
                    break;
                case "--bench" when value is null:
                    arguments = arguments with { Bench = true };
                    break;
                case "--urls" or "--data" or "--config":
                    value ??= i + 1 < args.Count ? args[++i] : null;
                    if (string.IsNullOrEmpty(value))
                        return (null, $"{name} needs a value.");
                    arguments = name switch
                    {
                        "--urls" => arguments with { Urls = value },
                        "--data" => arguments with { Data = value },
                        _ => arguments with { Config = value },
                    };
                    break;
                default:
                    return (null, $"'{args[i]}' is not an option of this server. Run with --help to see the options.");
            }
        }

        return (arguments, null);
    }
}
