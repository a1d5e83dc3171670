using System.Globalization;
using System.Net;

namespace MongoGateway;

/// <summary>What the gateway is told on its command line.</summary>
internal sealed record GatewayOptions
{
    // Set aside for tests of networks (RFC 2544), never routed: the far end of a network namespace on this machine.
    private static readonly IPNetwork ForNetworkTests = new(new IPAddress([198, 18, 0, 0]), 15);

    /// <summary><c>--listen</c>: a loopback address and port.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary><c>--advertise</c>: where clients are told that it is; its own address when absent. For a relay before it.</summary>
    public required string Advertise { get; init; }

    /// <summary><c>--pg</c>: how PostgreSQL is reached (an Npgsql connection string).</summary>
    public required string Database { get; init; }

    /// <summary><c>--topology</c>: what it says it is.</summary>
    public required Topology Topology { get; init; }

    /// <summary><c>--wire</c>: the wire version of the server it plays; 21 is MongoDB 7.0.</summary>
    public required int Wire { get; init; }

    /// <summary><c>--test-commands</c>: fail points may be set.</summary>
    public bool TestCommands { get; init; }

    /// <summary><c>--trace</c>: every command and its answer is printed.</summary>
    public bool Trace { get; init; }

    /// <summary>The version of the server it plays.</summary>
    public string ServerVersion =>
        Wire switch
        {
            >= 25 => "8.0.0",
            >= 21 => "7.0.0",
            >= 17 => "6.0.0",
            _ => "5.0.0",
        };

    /// <exception cref="ArgumentException">An option is unknown, or would serve other machines.</exception>
    public static GatewayOptions Parse(IReadOnlyList<string> args)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < args.Count; i++)
            given[args[i]] =
                i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";

        string Take(string name, string absent) => given.Remove(name, out var value) ? value : absent;

        var listen = IPEndPoint.Parse(Take("--listen", "127.0.0.1:27017"));
        if (!IPAddress.IsLoopback(listen.Address) && !ForNetworkTests.Contains(listen.Address))
            throw new ArgumentException("only loopback addresses and 198.18.0.0/15 are served");
        var options = new GatewayOptions
        {
            Listen = listen,
            Advertise = Take("--advertise", listen.ToString()),
            Database = Take("--pg", "Host=127.0.0.1;Port=27117;Username=postgres;Database=postgres"),
            Topology = Enum.Parse<Topology>(Take("--topology", "rs"), ignoreCase: true),
            Wire = int.Parse(Take("--wire", "21"), CultureInfo.InvariantCulture),
            TestCommands = given.Remove("--test-commands"),
            Trace = given.Remove("--trace"),
        };
        return given.Count == 0 ? options : throw new ArgumentException("unknown option " + given.Keys.First());
    }
}
