using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CpIs.Fhir.EndToEnd.Tests.Processes;

namespace CpIs.Fhir.EndToEnd.Tests.SeveralServers;

/// <summary>
/// A hundred look-ups a second, or as many as the machine can do. One whose connection broke or that could not be checked is sent
/// again under the same X-Request-ID, as a careful client does.
/// </summary>
internal sealed class SteadyLoad(Actor setting, IReadOnlyList<string> numbers)
{
    private const int MostAtOnce = 64;
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BeforeAgain = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, string> _answered = new();
    private int _repeats;

    /// <summary>The access of each look-up that was answered, by its X-Request-ID.</summary>
    public IReadOnlyDictionary<string, string> Answered => _answered;

    /// <summary>How many were sent once more.</summary>
    public int Repeats => _repeats;

    /// <summary>Ends when every one has been answered.</summary>
    public async Task RunAsync(int count, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(MostAtOnce);
        using var tick = new PeriodicTimer(Each);
        var asking = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            await tick.WaitForNextTickAsync(cancellation);
            await places.WaitAsync(cancellation);
            asking.Add(AskAsync(numbers[i % numbers.Count], places, cancellation));
        }

        await Task.WhenAll(asking);
    }

    private async Task AskAsync(string number, SemaphoreSlim places, CancellationToken cancellation)
    {
        var id = Guid.NewGuid().ToString();
        while (await TryAsync(number, id, cancellation) is not { } access)
        {
            Interlocked.Increment(ref _repeats);
            await Task.Delay(BeforeAgain, cancellation);
        }

        places.Release();
    }

    private async Task<string?> TryAsync(string number, string id, CancellationToken cancellation)
    {
        try
        {
            using var answer = await setting.LookUpAsync(number, id);
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return null;
            answer.StatusCode.Should().Be(HttpStatusCode.OK, body);
            using var bundle = JsonDocument.Parse(body);
            return _answered[id] = bundle.RootElement.GetProperty("id").GetString()!;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
