using System.Text.Json;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Http;

/// <summary>
/// Gets tokens by signed assertion (SMART Backend Services) and keeps the last one, in memory only, until shortly before
/// it expires.
/// </summary>
internal sealed class TokenSource(
    HttpClient http,
    ClientFile client,
    ClientUser? user,
    string? scope,
    TimeProvider time
) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);
    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _token;
    private DateTimeOffset _until;

    /// <summary>The kept token, or a new one.</summary>
    public async Task<Grant> GetAsync(Uri endpoint, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            return _token is { } kept && time.GetUtcNow() < _until
                ? new Grant(kept, null, null)
                : await AskAsync(endpoint, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Drops a token that the exchange did not take.</summary>
    public void Forget(string token) => Interlocked.CompareExchange(ref _token, null, token);

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task<Grant> AskAsync(Uri endpoint, CancellationToken cancellation)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_assertion_type"] = ClientAssertion.Type,
            ["client_assertion"] = Assertion(endpoint),
        };
        if (scope is not null)
            form["scope"] = scope;
        using var content = new FormUrlEncodedContent(form);
        using var response = await http.PostAsync(endpoint, content, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            return new Grant(null, new Answer((int)response.StatusCode, body, ""), ExchangeClient.RetryAfter(response));
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var token = root.Text("access_token") ?? throw new JsonException("access_token is missing.");
            var life = root.At("expires_in") is { ValueKind: JsonValueKind.Number } seconds ? seconds.GetInt32() : 60;
            (_token, _until) = (token, time.GetUtcNow() + TimeSpan.FromSeconds(life) - Margin);
            return new Grant(token, null, null);
        }
        catch (JsonException unreadable)
        {
            throw new CannotRunException(
                $"the answer of {endpoint} has no token: {unreadable.Message}",
                inner: unreadable
            );
        }
    }

    private string Assertion(Uri endpoint)
    {
        try
        {
            return ClientAssertion.Create(client, endpoint.OriginalString, time, user);
        }
        catch (Exception unusable)
            when (unusable
                    is ArgumentException
                        or InvalidOperationException
                        or NotSupportedException
                        or FormatException
                        or System.Security.Cryptography.CryptographicException
            )
        {
            throw new CannotRunException(
                $"the key of client '{client.ClientId}' cannot sign: {unusable.Message.Split('\n')[0]}",
                inner: unusable
            );
        }
    }
}

/// <summary>A token, or why not.</summary>
/// <param name="Token">The token, or null.</param>
/// <param name="Refusal">What the endpoint answered instead.</param>
/// <param name="RetryAfter">When it wants to be asked again, or null.</param>
internal sealed record Grant(string? Token, Answer? Refusal, TimeSpan? RetryAfter);
