namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>One worker of a phase over HTTP: its own connection, opened when first needed and again when it broke.</summary>
/// <param name="server">Whom to connect to.</param>
/// <param name="next">The next request, or null when there is nothing left to do.</param>
/// <param name="judge">Units of a 2xx answer, and what is wrong with it, from its body.</param>
internal sealed class HttpWorker(
    Uri server,
    Func<ReadOnlyMemory<byte>?> next,
    Func<ReadOnlyMemory<byte>, (long Units, string? Error)> judge
) : IDisposable
{
    private RawConnection? _connection;

    /// <summary>Asks once.</summary>
    public async ValueTask<(long Units, string? Error)?> StepAsync(CancellationToken cancellation)
    {
        if (next() is not { } request)
            return null;
        _connection ??= await RawConnection.OpenAsync(server, cancellation);
        try
        {
            var status = await _connection.AskAsync(request, cancellation);
            return status is >= 200 and < 300 ? judge(_connection.Body) : (0, $"HTTP {status}");
        }
        catch (IOException)
        {
            _connection.Dispose();
            _connection = null;
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _connection?.Dispose();
}
