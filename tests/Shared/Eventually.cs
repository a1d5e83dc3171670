using System.Runtime.CompilerServices;

namespace CpIs.Fhir.Tests.Shared;

/// <summary>
/// Waits until something is so. Nobody waits for less: a test passes as soon as it may, on any machine, and the end is there
/// only so that a broken build stops.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Far longer than anything takes that works, on a machine that does ten other things.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="condition">The question.</param>
    /// <param name="what">What did not come true, told when patience ends; the question's own text when absent.</param>
    /// <param name="asked">Filled in by the compiler.</param>
    public static Task TrueAsync(
        Func<bool> condition,
        Func<string>? what = null,
        [CallerArgumentExpression(nameof(condition))] string asked = ""
    ) => TrueAsync(() => Task.FromResult(condition()), what, asked);

    /// <inheritdoc cref="TrueAsync(Func{bool}, Func{string}?, string)"/>
    public static async Task TrueAsync(
        Func<Task<bool>> condition,
        Func<string>? what = null,
        [CallerArgumentExpression(nameof(condition))] string asked = ""
    )
    {
        using var end = new CancellationTokenSource(Patience);
        try
        {
            while (!await condition())
                await Task.Delay(Pause, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            throw new TimeoutException($"Within {Patience} it did not come true: {what?.Invoke() ?? asked}");
        }
    }

    /// <summary>Waits for a task that ends by itself.</summary>
    public static Task EndsAsync(Task task) => task.WaitAsync(Patience);

    /// <inheritdoc cref="EndsAsync(Task)"/>
    public static Task<T> EndsAsync<T>(Task<T> task) => task.WaitAsync(Patience);
}
