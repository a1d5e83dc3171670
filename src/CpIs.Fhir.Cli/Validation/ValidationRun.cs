using System.Threading.Channels;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>
/// Validates inputs on all processors and gives the verdicts in the order of the inputs. At most a few dozen are in progress, so
/// memory does not grow with their number.
/// </summary>
internal sealed class ValidationRun(Func<ValidationInput, Verdict> validate) : IDisposable
{
    // Inputs of a folder may be large; beyond so many bytes in progress the reader waits.
    private const int MostAhead = 64;
    private const long MostBytes = 128L * 1024 * 1024;

    private readonly SemaphoreSlim _room = new(1, 1);
    private long _bytes;

    public void Dispose() => _room.Dispose();

    /// <summary>Runs to the end.</summary>
    /// <param name="inputs">What to validate.</param>
    /// <param name="take">Takes each verdict, one at a time.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(
        IAsyncEnumerable<ValidationInput> inputs,
        Func<Verdict, Task> take,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var underWay = Channel.CreateBounded<Task<Verdict>>(
            new BoundedChannelOptions(MostAhead) { SingleReader = true, SingleWriter = true }
        );
        var reading = ReadAsync(inputs, underWay.Writer, stop.Token);
        try
        {
            await foreach (var next in underWay.Reader.ReadAllAsync(cancellation))
            {
                var verdict = await next;
                await take(verdict);
                if (Interlocked.Add(ref _bytes, -verdict.Input.Text.Length) < MostBytes && _room.CurrentCount == 0)
                    _room.Release();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(
                static _ => { },
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );
        }

        await reading;
    }

    private async Task ReadAsync(
        IAsyncEnumerable<ValidationInput> inputs,
        ChannelWriter<Task<Verdict>> underWay,
        CancellationToken cancellation
    )
    {
        try
        {
            await foreach (var input in inputs.WithCancellation(cancellation))
            {
                while (Interlocked.Read(ref _bytes) >= MostBytes)
                    await _room.WaitAsync(cancellation);
                Interlocked.Add(ref _bytes, input.Text.Length);
                await underWay.WriteAsync(Task.Run(() => validate(input), cancellation), cancellation);
            }

            underWay.Complete();
        }
        catch (Exception failure)
        {
            underWay.Complete(failure);
            throw;
        }
    }
}
