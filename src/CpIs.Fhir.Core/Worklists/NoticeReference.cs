using System.Security.Cryptography;
using System.Text;

namespace CpIs.Fhir.Core.Worklists;

/// <summary>
/// The short reference of an attendance for one authority, such as <c>K7F-4M2Q</c>: seven letters and digits that are not mistaken for one
/// another when they are said. It tells nothing by itself, and two of one authority are alike once in 34 thousand million pairs.
/// </summary>
public static class NoticeReference
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's: no I, L, O, U.

    /// <summary>Always the same for the same attendance and authority.</summary>
    public static string Of(OdsCode authority, string attendance)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"notice/{authority}/{attendance}"));
        Span<char> text = stackalloc char[8];
        for (var i = 0; i < text.Length; i++)
            text[i] = i == 3 ? '-' : Alphabet[hash[i] % Alphabet.Length];
        return text.ToString();
    }
}
