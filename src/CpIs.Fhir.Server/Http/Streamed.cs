using System.Buffers;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// A body of any size, written as its pieces come. One that cannot go on breaks the connection, so that a part is never taken for the whole.
/// </summary>
internal sealed class Streamed(string contentType, IAsyncEnumerable<ReadOnlyMemory<byte>> pieces) : IResult
{
    /// <summary>A table for a spreadsheet.</summary>
    public const string Csv = "text/csv; charset=utf-8; header=present";

    private const int Most = 64 * 1_024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = httpContext.Response.BodyWriter;
        await foreach (var piece in pieces)
        {
            httpContext.Response.ContentType = contentType;
            body.Write(piece.Span);
            if (body.UnflushedBytes > Most)
                await body.FlushAsync(httpContext.RequestAborted);
        }

        httpContext.Response.ContentType = contentType;
        await body.FlushAsync(httpContext.RequestAborted);
    }

    /// <summary>A table, with the mark without which a spreadsheet does not take UTF-8 for UTF-8.</summary>
    /// <param name="header">The first row.</param>
    /// <param name="rows">The others.</param>
    public static Streamed Table(string header, IAsyncEnumerable<string> rows)
    {
        return new Streamed(Csv, PiecesAsync());

        async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync()
        {
            // What cannot be read at all is told before a row is written.
            var first = true;
            await foreach (var row in rows)
            {
                yield return Bytes(first ? "\uFEFF" + header + row : row);
                first = false;
            }

            if (first)
                yield return Bytes("\uFEFF" + header);
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
