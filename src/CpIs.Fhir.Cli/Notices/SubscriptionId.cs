using System.CommandLine;

namespace CpIs.Fhir.Cli.Notices;

/// <summary>A Subscription as a person names it: by its id, or as <c>cpis subscribe</c> writes it.</summary>
internal static class SubscriptionId
{
    private const string Type = "Subscription/";

    /// <summary><c>ID</c>.</summary>
    public static Argument<string> Argument()
    {
        var argument = new Argument<string>("ID")
        {
            Description = "Id of the Subscription, from cpis subscription list.",
            CustomParser = result => Of(result.Tokens[0].Value),
        };
        argument.Validators.Add(result =>
        {
            var id = Of(result.Tokens.Count > 0 ? result.Tokens[0].Value : "");
            if (id.Length is 0 or > 64 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
                result.AddError("ID must be the id of a Subscription. To see yours: cpis subscription list.");
        });
        return argument;
    }

    private static string Of(string typed) =>
        typed.StartsWith(Type, StringComparison.Ordinal) ? typed[Type.Length..] : typed;
}
