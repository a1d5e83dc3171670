using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Server.Http;

/// <summary>What the middleware has found out about a request.</summary>
internal static class HttpContextExtensions
{
    private static readonly object PrettyKey = new();
    private static readonly object FormatKey = new();

    /// <summary>Who is behind the request. Endpoints that need a caller are reached only with one.</summary>
    /// <exception cref="InvalidOperationException">The endpoint allows anonymous requests.</exception>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint has no caller.");

    /// <summary>How the request is known.</summary>
    public static RequestIdentity Identity(this HttpContext context) =>
        context.Features.Get<RequestIdentity>()
        ?? throw new InvalidOperationException("The request identity middleware has not run.");

    /// <summary>Takes note of the parameters that say how the answer looks: <c>_format</c> and <c>_pretty</c>.</summary>
    public static void AnswerAs(this HttpContext context, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        foreach (var (name, value) in parameters)
            if (name == "_pretty" && value == "true")
                context.Items[PrettyKey] = true;
            else if (name == "_format" && AnswerFormats.Parse(value) is { } format)
                context.Items[FormatKey] = format;
    }

    /// <summary>Takes note of the part of each resource that is wanted.</summary>
    /// <param name="context">The request.</param>
    /// <param name="asked">Parameters that their table has let in.</param>
    public static void AnswerWith(this HttpContext context, AskedParameters asked)
    {
        if (Core.Searching.AnswerSubset.Of(asked) is { } subset)
            context.Features.Set(subset);
    }

    /// <summary>The part of each resource that is wanted; null for whole resources.</summary>
    public static AnswerSubset? AnswerSubset(this HttpContext context) => context.Features.Get<AnswerSubset>();

    /// <summary>True when the answer is laid out for a person.</summary>
    public static bool IsAnswerPretty(this HttpContext context) => context.Items.ContainsKey(PrettyKey);

    /// <summary>The form of the answer: what <c>_format</c> says, else what the header Accept likes best.</summary>
    public static AnswerFormat AnswerFormat(this HttpContext context) =>
        context.Items.TryGetValue(FormatKey, out var noted)
            ? (AnswerFormat)noted!
            : MediaTypes.Accepted(context.Request) ?? Core.Searching.AnswerFormat.Json;
}
