using System.Globalization;
using System.Net.Http.Headers;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.Notifications;

/// <summary>Reads what a request about Subscriptions says: rights, body, preconditions, parameters.</summary>
internal static class SubscriptionRequests
{
    /// <summary>Most bytes of a Subscription.</summary>
    public const int MostBytes = 64 * 1_024;

    /// <summary>Null when the caller is an authority with this letter (c, r, u, d, s) of the Subscription scope.</summary>
    public static Refusal? Check(Caller caller, char letter) =>
        caller.Kind == CallerKind.Authority && caller.Scopes.Any(scope => Grants(scope, letter))
            ? null
            : Refusal.Forbidden(
                $"This needs the scope system/Subscription.{letter}, which local authorities can be given."
            );

    /// <summary>The write as the service wants it.</summary>
    public static async Task<Result<SubscriptionWrite>> ReadWriteAsync(HttpContext context, ExchangeUrls urls)
    {
        if (
            !MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || type.MediaType?.ToUpperInvariant() is not ("APPLICATION/FHIR+JSON" or "APPLICATION/JSON")
        )
            return Refusal.Because(
                RefusalKind.UnsupportedMediaType,
                new Issue("not-supported", "The body must be application/fhir+json.", "http.Content-Type")
            );
        using var body = new MemoryStream();
        var buffer = new byte[8_192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > MostBytes)
                return Refusal.Because(
                    RefusalKind.TooLarge,
                    new Issue("too-long", $"A Subscription has at most {MostBytes} bytes.")
                );
            body.Write(buffer, 0, read);
        }

        var bytes = body.ToArray();
        var caller = context.Caller();
        var identity = context.Identity();
        return new SubscriptionWrite(
            caller,
            WriteRequest.Of(
                caller.ClientId,
                identity.RequestId,
                !identity.IsOwn,
                context.Request.Method,
                context.Request.Path,
                bytes
            ),
            identity.CorrelationId,
            urls.FhirBase,
            bytes
        );
    }

    /// <summary>The version that If-Match names, or null without one.</summary>
    public static Result<int?> ReadIfMatch(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
            return (int?)null;
        return
            header.Count == 1
            && EntityTagHeaderValue.TryParse(header.ToString(), out var tag)
            && int.TryParse(tag.Tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : Refusal.Malformed("If-Match is one version such as W/\"3\".", "http.If-Match");
    }

    /// <summary>
    /// Parameters of the query, or of a form that is posted, or of posted Parameters; refused when one is not known here.
    /// </summary>
    public static async Task<Result<IReadOnlyList<KeyValuePair<string, string>>>> ReadParametersAsync(
        HttpContext context,
        params string[] known
    )
    {
        var pairs = new List<KeyValuePair<string, string>>();
        void Add(string name, IEnumerable<string?> values) =>
            pairs.AddRange(values.Select(v => KeyValuePair.Create(name, v ?? "")));

        foreach (var (name, values) in context.Request.Query)
            Add(name, values);
        if (HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType)
            foreach (var (name, values) in await context.Request.ReadFormAsync(context.RequestAborted))
                Add(name, values);
        else if (HttpMethods.IsPost(context.Request.Method) && context.Request.ContentLength is not (null or 0))
        {
            if (OperationParameters.TryRead(await BodyAsync(context), out var posted))
                pairs.AddRange(posted);
            else
                return Refusal.Malformed("The body must be a Parameters resource with codes or ids.");
        }

        var unknown = pairs.Where(p => !known.Contains(p.Key)).Select(p => p.Key).ToList();
        if (unknown.Count > 0)
            return Refusal.Malformed(
                $"'{Shorten(unknown[0])}' is not a parameter here. Known are: {string.Join(", ", known)}.",
                null,
                SpineCodes.InvalidSearchData
            );
        var empty = pairs.FindIndex(p => p.Value.Length == 0);
        return empty >= 0
            ? Refusal.Malformed($"{pairs[empty].Key} needs a value.", null, SpineCodes.InvalidSearchData)
            : pairs;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        var body = new byte[Math.Min(context.Request.ContentLength ?? MostBytes, MostBytes)];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, false, context.RequestAborted);
        return body[..length];
    }

    private static string Shorten(string name) => name.Length <= 40 ? name : name[..40] + "...";

    private static bool Grants(string scope, char letter)
    {
        var dot = scope.LastIndexOf('.');
        return dot > 0
            && scope[..dot] is "system/Subscription" or "system/*"
            && scope[(dot + 1)..].Split('?')[0].Contains(letter, StringComparison.Ordinal);
    }
}
