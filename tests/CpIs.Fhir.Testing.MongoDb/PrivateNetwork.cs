using System.Security.Cryptography;
using Xunit;

namespace CpIs.Fhir.Testing.MongoDb;

/// <summary>
/// A network namespace joined to this one by a pair of virtual interfaces. It lives as long as the process that holds it, and
/// that one as long as we do: nothing of it can stay behind.
/// </summary>
internal sealed class PrivateNetwork : IAsyncDisposable
{
    private readonly GuardedProcess? _holder;
    private readonly string _name;

    private PrivateNetwork(GuardedProcess? holder, string name, string address) =>
        (_holder, _name, Address) = (holder, name, address);

    /// <summary>The network of this machine, which is never cut.</summary>
    public static PrivateNetwork None { get; } = new(null, "", "127.0.0.1");

    /// <summary>Where a server in it listens.</summary>
    public string Address { get; }

    /// <summary>What runs a command inside.</summary>
    public IEnumerable<string> Enter => _holder is null ? [] : ["nsenter", $"--net=/proc/{_holder.Id}/ns/net"];

    /// <summary>Makes one. Skips the running test where that is not allowed, or <c>ip</c> is missing.</summary>
    public static async Task<PrivateNetwork> CreateAsync()
    {
        Assert.SkipUnless(Mongod.IsOnPath("ip"), "To cut an engine off needs ip: apt-get install iproute2");
        // A /30 of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544) and never routed.
        var block = RandomNumberGenerator.GetInt32(1 << 15) * 4;
        var prefix = $"198.{18 + (block >> 16)}.{(block >> 8) & 255}.";
        var (here, there, name) = (prefix + ((block & 255) + 1), prefix + ((block & 255) + 2), $"cpis{block:x}");
        var holder = await GuardedProcess.StartAsync("/dev/null", "unshare", "--net", "sleep", "infinity");
        var network = new PrivateNetwork(holder, name, there);
        await holder.UntilItIsAsync("sleep");
        await Tool.RunAsync(["ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", $"{holder.Id}"]);
        await Tool.RunAsync(["ip", "address", "add", here + "/30", "dev", name]);
        await Tool.RunAsync(["ip", "link", "set", name, "up"]);
        await Tool.RunAsync([.. network.Enter, "ip", "address", "add", there + "/30", "dev", name]);
        await Tool.RunAsync([.. network.Enter, "ip", "link", "set", "lo", "up"]);
        await network.SetAsync(up: true);
        return network;
    }

    /// <summary>The far end up or down. While it is down packets vanish, as when a cable is drawn.</summary>
    public Task SetAsync(bool up) =>
        _holder is null
            ? throw new InvalidOperationException("Only an isolated engine can be cut off.")
            : Tool.RunAsync([.. Enter, "ip", "link", "set", _name, up ? "up" : "down"]);

    public ValueTask DisposeAsync() => _holder?.DisposeAsync() ?? ValueTask.CompletedTask;
}
