using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Security;

/// <summary>
/// Tokens found valid a moment ago, by their SHA-256 (3 us), so that a client's next look-up spares the validation (over
/// 100 us with parsing). It remembers what a token says, never who the caller is: that is asked of the directory on every
/// request, so a suspension holds at once. Forgotten whole when the keys change.
/// </summary>
internal sealed class ValidatedTokens
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, ValidToken> _tokens = new(StringComparer.Ordinal);

    private readonly TimeProvider _time;

    public ValidatedTokens(TokenKeys keys, TimeProvider time)
    {
        _time = time;
        keys.Changed += _tokens.Clear;
    }

    /// <summary>What was found out about a token, if it was found valid and has not expired.</summary>
    public ValidToken? Find(string token)
    {
        if (_tokens.IsEmpty)
            return null;
        var key = Key(token);
        if (!_tokens.TryGetValue(key, out var found))
            return null;
        if (found.Expires > _time.GetUtcNow())
            return found;
        _tokens.TryRemove(key, out _);
        return null;
    }

    /// <summary>Remembers a valid token until it expires.</summary>
    public void Add(string token, ValidToken found)
    {
        if (_tokens.Count >= Most)
            _tokens.Clear();
        _tokens[Key(token)] = found;
    }

    private static string Key(string token) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>A token that was found valid.</summary>
/// <param name="Facts">What it says.</param>
/// <param name="Expires">When it counts no more.</param>
/// <param name="Issuer">Whose it is; null for the exchange's own.</param>
internal sealed record ValidToken(TokenFacts Facts, DateTimeOffset Expires, IssuerOptions? Issuer);
