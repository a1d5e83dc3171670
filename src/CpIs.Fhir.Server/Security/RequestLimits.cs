using System.Net;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Limits;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Token buckets per client, person and address, in the memory of this server and settled with the others on its store
/// (<see cref="LimitExchange"/>). A service and not a middleware, so that a look-up can record the refusal before it is
/// answered.
/// </summary>
internal sealed class RequestLimits
{
    private readonly LimitKeys _keys;
    private readonly RateLimit _clients;
    private readonly RateLimit _persons;
    private readonly RateLimit _tokens;
    private readonly RateLimit _addresses;
    private readonly RateLimit _pages;
    private readonly RateLimit _readers;

    public RequestLimits(LimitOptions limits, LimitKeys keys, TimeProvider time)
    {
        _keys = keys;
        _clients = new RateLimit('c', limits.ClientPerSecond, limits.ClientBurst, time);
        _persons = new RateLimit('p', limits.PersonPerSecond, limits.PersonBurst, time);
        _tokens = new RateLimit('t', limits.TokensPerSecond, limits.TokenBurst, time);
        _addresses = new RateLimit('a', limits.AddressPerSecond, limits.AddressBurst, time);
        _pages = new RateLimit('v', limits.PagePerSecond, limits.PageBurst, time);
        _readers = new RateLimit('r', limits.ReaderPerSecond, limits.ReaderBurst, time);
    }

    /// <summary>All of them, to be settled between servers.</summary>
    public IReadOnlyList<RateLimit> All => [_clients, _persons, _tokens, _addresses, _pages, _readers];

    /// <summary>Counts one request of a caller; a refusal (429 with Retry-After) when it is one too many.</summary>
    public Refusal? Check(Caller caller) =>
        Take(_clients, caller.ClientId, "this client")
        ?? (
            caller.Person is { } person
                ? Take(_persons, $"{caller.Organisation} {person.SdsUserId}", "this person")
                : null
        );

    /// <summary>Counts one access token for a client whose assertion was verified.</summary>
    public Refusal? CheckToken(string clientId) => Take(_tokens, clientId, "this client's tokens");

    /// <summary>Counts one token request from an address, before anything in it is verified.</summary>
    public Refusal? CheckAddress(IPAddress? address) =>
        Take(_addresses, (address ?? IPAddress.None).ToString(), "this network address");

    /// <summary>Counts one resource that an address, whoever it is, has validated on the page.</summary>
    public Refusal? CheckPage(IPAddress? address) =>
        Take(_pages, (address ?? IPAddress.None).ToString(), "this network address");

    /// <summary>Counts one profile, or page about one, that an address reads.</summary>
    public Refusal? CheckReader(IPAddress? address) =>
        Take(_readers, (address ?? IPAddress.None).ToString(), "this network address");

    private Refusal? Take(RateLimit limit, string who, string name) =>
        limit.TryTake(_keys.Of(who), out var wait)
            ? null
            : new Refusal(
                RefusalKind.TooMany,
                [new Issue("throttled", $"Too many requests of {name}. Retry-After says when to come again.")],
                wait
            );
}
