using System.Diagnostics;
using CpIs.Fhir.Benchmarks.Bench;
using CpIs.Fhir.Synthetic;

namespace CpIs.Fhir.Benchmarks.Nights;

/// <summary>Look-ups at a steady rate, each timed from when it was due: one that has to wait makes the next no later.</summary>
internal sealed class SteadyLookUps(Uri fhirBase, string token, int perSecond)
{
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _latency = new();

    /// <summary>How many were not answered with 200.</summary>
    public int Failed { get; private set; }

    /// <summary>Milliseconds that this share of them did not exceed.</summary>
    public double Milliseconds(double share) => _latency.Percentile(share) / 1_000.0;

    /// <summary>Asks until told to stop, and waits for the answers.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var http = new HttpClient();
        var random = new Random(1);
        var asked = new List<Task>();
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0L; !stop.IsCancellationRequested; i++)
        {
            var due = begun + i * Stopwatch.Frequency / perSecond;
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            asked.Add(AskAsync(http, random.Next(1_000_000), due));
        }

        await Task.WhenAll(asked);
    }

    private async Task AskAsync(HttpClient http, int stem, long due)
    {
        var child = SyntheticNhsNumbers.OfStem(stem) ?? SyntheticNhsNumbers.OfStem(stem + 1 < 1_000_000 ? stem + 1 : 0);
        using var request = new HttpRequestMessage(HttpMethod.Post, fhirBase + "/Patient/$child-protection")
        {
            Content = new StringContent(
                $$"""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{child!.Value.Digits}}"}]}""",
                System.Text.Encoding.UTF8,
                "application/fhir+json"
            ),
        };
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await http.SendAsync(request, CancellationToken.None);
        await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        lock (_gate)
            if (answer.IsSuccessStatusCode)
                _latency.Add(Stopwatch.GetElapsedTime(due));
            else
                Failed++;
    }
}
