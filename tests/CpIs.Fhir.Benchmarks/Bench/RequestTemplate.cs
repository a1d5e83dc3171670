using System.Text;
using CpIs.Fhir.Core;

namespace CpIs.Fhir.Benchmarks.Bench;

/// <summary>
/// A request written once, in which only the NHS number and the X-Request-ID change. Each worker has its own copy.
/// </summary>
internal sealed class RequestTemplate
{
    private const string NumberMark = "0000000000";
    private static readonly string IdMark = Guid.Empty.ToString("D");
    private readonly byte[] _bytes;
    private readonly int _number;
    private readonly int _id;

    private RequestTemplate(byte[] bytes)
    {
        _bytes = bytes;
        _number = bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes("valueString\":\"" + NumberMark));
        _number = _number < 0 ? -1 : _number + "valueString\":\"".Length;
        _id = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(IdMark));
    }

    /// <summary>A look-up of everything, by POST, as the docs recommend.</summary>
    public static RequestTemplate LookUp(Uri fhirBase, string token) =>
        Post(
            fhirBase,
            "/Patient/$child-protection",
            token,
            $$"""{"resourceType":"Parameters","parameter":[{"name":"nhsNumber","valueString":"{{NumberMark}}"}]}"""
        );

    /// <summary>A transaction.</summary>
    public static RequestTemplate Upload(Uri fhirBase, string token, ReadOnlyMemory<byte> bundle) =>
        new([.. Head("POST", fhirBase, "", token, bundle.Length), .. bundle.Span]);

    /// <summary>A GET below the root without a body.</summary>
    public static RequestTemplate Get(Uri root, string path, string token, string format = "json") =>
        new(Head("GET", root, path, token, 0, format));

    /// <summary>A copy with its own bytes.</summary>
    public RequestTemplate Copy() => new([.. _bytes]);

    /// <summary>The bytes for the next request; the same memory each time.</summary>
    public ReadOnlyMemory<byte> Next(NhsNumber? child)
    {
        if (_id >= 0)
            Guid.NewGuid().TryFormat(_bytes.AsSpan(_id, 36), out _, "D");
        if (_number >= 0 && child is { } number)
            Encoding.ASCII.GetBytes(number.Digits, _bytes.AsSpan(_number, 10));
        return _bytes;
    }

    private static RequestTemplate Post(Uri at, string path, string token, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return new RequestTemplate([.. Head("POST", at, path, token, bytes.Length), .. bytes]);
    }

    private static byte[] Head(string method, Uri at, string path, string token, int length, string format = "json") =>
        Encoding.ASCII.GetBytes(
            $"{method} {at.AbsolutePath.TrimEnd('/')}{path} HTTP/1.1\r\nHost: {at.Authority}\r\nAuthorization: Bearer {token}\r\nX-Request-ID: {IdMark}\r\nAccept: application/fhir+{format}\r\n"
                + (method == "POST" ? $"Content-Type: application/fhir+json\r\nContent-Length: {length}\r\n" : "")
                + "\r\n"
        );
}
