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

    private readonly ConcurrentDictionary<string, (TokenFacts Facts, DateTimeOffset Expires)> _tokens = new(
        StringComparer.Ordinal
    );

    private readonly TimeProvider _time;

    public ValidatedTokens(TokenKeys keys, TimeProvider time)
    {
        _time = time;
        keys.Changed += _tokens.Clear;
    }

    /// <summary>What a token says, if it was found valid and has not expired.</summary>
    public TokenFacts? Find(string token)
    {
        if (_tokens.IsEmpty || !_tokens.TryGetValue(Key(token), out var found))
            return null;
        if (found.Expires > _time.GetUtcNow())
            return found.Facts;
        _tokens.TryRemove(Key(token), out _);
        return null;
    }

    /// <summary>Remembers a valid token until it expires.</summary>
    public void Add(string token, TokenFacts facts, DateTimeOffset expires)
    {
        if (_tokens.Count >= Most)
            _tokens.Clear();
        _tokens[Key(token)] = (facts, expires);
    }

    private static string Key(string token) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
