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

    /// <summary>
    /// Counts one request of a caller; a refusal (429 with Retry-After) when it is one too many. The person is charged before
    /// the client, so that one person's flood never uses up what is left to colleagues.
    /// </summary>
    public Refusal? Check(Caller caller) =>
        (
            caller.Person is { } person
                ? Take(_persons, $"{caller.Organisation} {person.SdsUserId}", "this person")
                : null
        ) ?? Take(_clients, caller.ClientId, "this client");

    /// <summary>Counts one access token for a client whose assertion was verified.</summary>
    public Refusal? CheckToken(string clientId) => Take(_tokens, clientId, "this client for a token");

    /// <summary>Counts one request of a network address, before anybody is known.</summary>
    public Refusal? Check(Charge charge, IPAddress? address) =>
        charge switch
        {
            Charge.Nobody => null,
            Charge.Reader => Take(_readers, Of(address), "this network address"),
            Charge.Page => Take(_pages, Of(address), "this network address"),
            Charge.Token => Take(_addresses, Of(address), "this network address"),
            _ => throw new ArgumentOutOfRangeException(nameof(charge)),
        };

    private static string Of(IPAddress? address) => (address ?? IPAddress.None).ToString();

    private Refusal? Take(RateLimit limit, string who, string name) =>
        limit.TryTake(_keys.Of(who), out var wait)
            ? null
            : new Refusal(
                RefusalKind.TooMany,
                [new Issue("throttled", $"Too many requests from {name}. Try again after the seconds in Retry-After.")],
                wait
            );
}
