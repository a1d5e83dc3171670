using System.Globalization;
using System.Text.Json;

namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// What the claim <c>cpis_user</c>, and a person from any other token, must look like before the history shows them to
/// other clinicians and to social workers. The claim is a JSON object with exactly these members:
/// <list type="bullet">
/// <item><c>sdsUserId</c>, <c>roleCode</c>: 1 to 64 letters, digits and <c>. _ : -</c></item>
/// <item><c>roleProfileId</c>: the same, may be absent</item>
/// <item><c>roleName</c>, <c>name</c>: 1 to 140 characters, neither control nor formatting characters (which could
/// reverse or hide what a reader sees), no blank at either end</item>
/// <item><c>activities</c>: 0 to 200 national codes (a capital letter and four digits, such as B0107) or roles within the
/// organisation: <c>worker</c>, <c>duty</c>, <c>lead</c>, <c>inspector</c>; see <see cref="Activities"/></item>
/// </list>
/// It is signed with the client's key; the organisation vouches for the person as it does for its own staff.
/// </summary>
public static class PersonRules
{
    /// <summary>Name of the claim.</summary>
    public const string Claim = "cpis_user";

    private const int LongestId = 64;
    private const int LongestName = 140;
    private const int MostActivities = 200;

    /// <summary>Reads the claim out of an assertion, or says in a few words what is wrong with it.</summary>
    public static (ClientUser? User, string? Problem) Read(string json)
    {
        try
        {
            var user = JsonSerializer.Deserialize(json, StrictClientUserJson.Default.ClientUser);
            if (user is null)
                return (null, "the claim is null");
            return Check(user) is { } problem ? (null, problem) : (user, null);
        }
        catch (JsonException unreadable)
        {
            return (null, $"the claim is not an object with the expected members ({unreadable.Path ?? "$"})");
        }
    }

    /// <summary>What is wrong with a person, in a few words that do not repeat them; null when nothing is.</summary>
    public static string? Check(ClientUser user) =>
        !IsId(user.SdsUserId) ? Id("sdsUserId")
        : user.RoleProfileId is not null && !IsId(user.RoleProfileId) ? Id("roleProfileId")
        : !IsId(user.RoleCode) ? Id("roleCode")
        : !IsName(user.RoleName) ? Name("roleName")
        : !IsName(user.Name) ? Name("name")
        : user.Activities is null
        || user.Activities.Count > MostActivities
        || !user.Activities.All(Activities.IsWellFormed)
            ? $"activities must be a list of at most {MostActivities} codes such as B0107, or of the words {Activities.Worker}, {Activities.Duty}, {Activities.Lead}, {Activities.Inspector}"
        : null;

    /// <summary>The person without their rights.</summary>
    public static Person PersonOf(ClientUser user) =>
        new(user.SdsUserId, user.RoleProfileId, user.RoleCode, user.RoleName, user.Name);

    private static bool IsId(string? text) =>
        text is { Length: > 0 and <= LongestId }
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');

    /// <summary>True for a name that others may read: 1 to 140 characters, none of them hidden, no blank at either end.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= LongestName }
        && !char.IsWhiteSpace(text[0])
        && !char.IsWhiteSpace(text[^1])
        && text.All(IsShown);

    private static bool IsShown(char c) =>
        char.GetUnicodeCategory(c)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );

    private static string Id(string member) => $"{member} must be 1 to {LongestId} letters, digits or . _ : -";

    private static string Name(string member) =>
        $"{member} must be 1 to {LongestName} characters, without control or formatting characters";
}
