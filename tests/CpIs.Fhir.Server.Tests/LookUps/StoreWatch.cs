using System.Collections.Concurrent;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Server.Tests.LookUps;

/// <summary>Who stands at the door of the store of each server, and what they have seen.</summary>
public sealed class StoreWatch
{
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>Names of the port's methods, in the order of the calls.</summary>
    public IReadOnlyCollection<string> Calls => _calls;

    public Func<string, bool> Fails { get; set; } = _ => false;

    public Func<string, bool> Hangs { get; set; } = _ => false;

    /// <summary>What the message of an exception says that nobody expects, as one of a library might.</summary>
    public string? Breaks { get; set; }

    public void Forget()
    {
        _calls.Clear();
        Breaks = null;
        Fails = Hangs = _ => false;
    }

    /// <summary>A call comes by.</summary>
    public async Task PassAsync(string name, CancellationToken cancellation)
    {
        _calls.Enqueue(name);
        if (Breaks is { } message)
            throw new InvalidOperationException($"A bug about {message}.", new FormatException(message));
        if (Fails(name))
            throw new StoreUnavailableException("The test has broken the store.");
        if (Hangs(name))
            await Task.Delay(Timeout.Infinite, cancellation);
    }
}
