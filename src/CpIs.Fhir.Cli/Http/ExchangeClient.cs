using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using CpIs.Fhir.Cli.Running;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Cli.Http;

/// <summary>
/// Asks an exchange: finds its parts, proves the client, names each request, and asks again only where that is safe
/// (<see cref="Ask.Repeatable"/>) and the exchange said when, or did not answer at all.
/// </summary>
internal sealed class ExchangeClient : IDisposable
{
    private const int MostTries = 5;
    private static readonly string[] Json = ["application/fhir+json", "application/json"];
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;
    private readonly Uri _given;
    private readonly TokenSource _tokens;
    private readonly TimeProvider _time;
    private readonly Action<string> _note;
    private readonly SemaphoreSlim _discovery = new(1, 1);
    private ServerAddress? _address;

    /// <summary>A client.</summary>
    /// <param name="given">Root or FHIR base of the exchange.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="user">The person instead of the file's, or null.</param>
    /// <param name="scope">Scopes to ask for, or null for all the client has.</param>
    /// <param name="time">Clock.</param>
    /// <param name="note">Told when a wait is on.</param>
    public ExchangeClient(
        Uri given,
        ClientFile client,
        ClientUser? user,
        string? scope,
        TimeProvider time,
        Action<string> note
    )
    {
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(10),
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(100),
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("cpis", "0.1"));
        (_given, _time, _note) = (given, time, note);
        _tokens = new TokenSource(_http, client, user, scope, time);
    }

    /// <summary>Where the exchange's parts are.</summary>
    public async Task<ServerAddress> AddressAsync(CancellationToken cancellation)
    {
        if (_address is not null)
            return _address;
        await _discovery.WaitAsync(cancellation);
        try
        {
            return _address ??= await Unreachable(() => ServerAddress.DiscoverAsync(_http, _given, cancellation));
        }
        finally
        {
            _discovery.Release();
        }
    }

    /// <summary>A valid token, fresh or kept.</summary>
    /// <exception cref="CannotRunException">The exchange gives none; exit code by its status.</exception>
    public async Task<string> TokenAsync(CancellationToken cancellation)
    {
        var endpoint = (await AddressAsync(cancellation)).TokenEndpoint;
        for (var tries = 1; ; tries++)
        {
            var grant = await Unreachable(() => _tokens.GetAsync(endpoint, cancellation));
            if (grant.Token is { } token)
                return token;
            if (tries < MostTries && grant.RetryAfter is { } wait)
            {
                await WaitAsync(wait, "the token endpoint is busy", cancellation);
                continue;
            }

            throw new CannotRunException(
                $"no token for this client (HTTP {grant.Refusal!.Status}): {grant.Refusal.Problems[0]}",
                ExitCode.Of(grant.Refusal.Status)
            );
        }
    }

    /// <summary>Asks, and asks again where that is safe.</summary>
    /// <exception cref="CannotRunException">Nobody answered.</exception>
    public async Task<Answer> SendAsync(Ask ask, CancellationToken cancellation)
    {
        var refreshed = false;
        for (var tries = 1; ; tries++)
        {
            var token = await TokenAsync(cancellation);
            try
            {
                var (answer, retryAfter) = await SendOnceAsync(ask, token, cancellation);
                if (answer.Status == 401 && !refreshed)
                {
                    refreshed = true;
                    _tokens.Forget(token);
                    continue;
                }

                if (!ask.Repeatable || tries >= MostTries || retryAfter is not { } wait)
                    return answer;
                await WaitAsync(wait, $"the exchange asks to wait (HTTP {answer.Status})", cancellation);
            }
            catch (Exception lost) when (IsLost(lost, cancellation))
            {
                if (!ask.Repeatable || tries >= MostTries)
                    throw Explain(lost);
                await WaitAsync(TimeSpan.FromSeconds(0.25 * (1 << tries)), "no answer", cancellation);
            }
        }
    }

    /// <summary>Asks, and returns only with what was asked for.</summary>
    /// <param name="ask">The question.</param>
    /// <param name="what">What it is, for the refusal: <c>the search for plans</c>.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="CannotRunException">Nobody answered.</exception>
    /// <exception cref="RefusedException">The exchange refused, or failed.</exception>
    public async Task<Answer> GetAsync(Ask ask, string what, CancellationToken cancellation)
    {
        var answer = await SendAsync(ask, cancellation);
        return answer.IsSuccess ? answer : throw new RefusedException(answer, what);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _http.Dispose();
        _tokens.Dispose();
        _discovery.Dispose();
    }

    private async Task<(Answer Answer, TimeSpan? RetryAfter)> SendOnceAsync(
        Ask ask,
        string token,
        CancellationToken cancellation
    )
    {
        var address = await AddressAsync(cancellation);
        var url = ask.Path.StartsWith('/') ? address.Root + ask.Path : $"{address.FhirBase}/{ask.Path}".TrimEnd('/');
        using var request = new HttpRequestMessage(ask.Method, new Uri(url));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Request-ID", ask.RequestId);
        foreach (var type in ask.Accept is { } wanted ? [wanted] : Json)
            request.Headers.Accept.ParseAdd(type);
        foreach (var (name, value) in ask.Headers)
            request.Headers.Add(name, value);
        if (!ask.Body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(ask.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(
                ask.MediaType ?? (ask.Path.StartsWith('/') ? "application/json" : "application/fhir+json")
            );
        }

        using var response = await _http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        return (
            new Answer((int)response.StatusCode, body, ask.RequestId, response.Headers.Location?.ToString()),
            RetryAfter(response)
        );
    }

    /// <summary>How long the exchange wants us to wait: 429, 503, and 409 for a write that is still in progress.</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        (int)response.StatusCode is 409 or 429 or 503 ? response.Headers.RetryAfter?.Delta : null;

    private async Task WaitAsync(TimeSpan wait, string why, CancellationToken cancellation)
    {
        var bounded = wait < LongestWait ? wait : LongestWait;
        _note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{why}; trying again in {Math.Max(bounded.TotalSeconds, 0.1):0.#} s"
            )
        );
        await Task.Delay(bounded, _time, cancellation);
    }

    private async Task<T> Unreachable<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception lost) when (IsLost(lost, CancellationToken.None))
        {
            throw Explain(lost);
        }
    }

    private static bool IsLost(Exception failure, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && (
            failure is HttpRequestException or IOException
            || failure is TaskCanceledException { InnerException: TimeoutException }
        );

    private CannotRunException Explain(Exception lost) =>
        new(
            lost is TaskCanceledException
                ? $"{_given} did not answer in time."
                : $"{_given} cannot be reached: {lost.Message}",
            inner: lost
        );
}
