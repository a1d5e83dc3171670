using System.Net;
using System.Threading.RateLimiting;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Token buckets per client and per person, in the memory of this server. A service and not a middleware, so that a
/// look-up can record the refusal before it is answered.
/// </summary>
internal sealed class RequestLimits(LimitOptions limits) : IDisposable
{
    private readonly PartitionedRateLimiter<Caller> _clients = Buckets<Caller>(
        caller => caller.ClientId,
        limits.ClientPerSecond,
        limits.ClientBurst
    );

    private readonly PartitionedRateLimiter<Caller> _persons = Buckets<Caller>(
        caller => $"{caller.Organisation} {caller.Person!.SdsUserId}",
        limits.PersonPerSecond,
        limits.PersonBurst
    );

    private readonly PartitionedRateLimiter<string> _tokens = Buckets<string>(
        clientId => clientId,
        limits.TokensPerSecond,
        limits.TokenBurst
    );

    private readonly PartitionedRateLimiter<IPAddress> _addresses = Buckets<IPAddress>(
        address => address.ToString(),
        limits.AddressPerSecond,
        limits.AddressBurst
    );

    /// <summary>Counts one request of a caller; a refusal (429 with Retry-After) when it is one too many.</summary>
    public Refusal? Check(Caller caller) =>
        Take(_clients, caller, "this client") ?? (caller.Person is null ? null : Take(_persons, caller, "this person"));

    /// <summary>Counts one access token for a client whose assertion was verified.</summary>
    public Refusal? CheckToken(string clientId) => Take(_tokens, clientId, "this client's tokens");

    /// <summary>Counts one token request from an address, before anything in it is verified.</summary>
    public Refusal? CheckAddress(IPAddress? address) =>
        Take(_addresses, address ?? IPAddress.None, "this network address");

    /// <inheritdoc />
    public void Dispose()
    {
        _clients.Dispose();
        _persons.Dispose();
        _tokens.Dispose();
        _addresses.Dispose();
    }

    private static Refusal? Take<T>(PartitionedRateLimiter<T> buckets, T who, string name)
    {
        using var lease = buckets.AttemptAcquire(who);
        if (lease.IsAcquired)
            return null;
        return new Refusal(
            RefusalKind.TooMany,
            [new Issue("throttled", $"Too many requests of {name}. Retry-After says when to come again.")],
            lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1)
        );
    }

    private static PartitionedRateLimiter<T> Buckets<T>(Func<T, string> key, int perSecond, int burst) =>
        PartitionedRateLimiter.Create<T, string>(
            who =>
                RateLimitPartition.GetTokenBucketLimiter(
                    key(who),
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = burst,
                        TokensPerPeriod = 1,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1) / perSecond,
                        QueueLimit = 0,
                        AutoReplenishment = true,
                    }
                ),
            StringComparer.Ordinal
        );
}
