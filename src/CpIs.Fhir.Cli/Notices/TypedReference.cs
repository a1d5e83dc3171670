namespace CpIs.Fhir.Cli.Notices;

/// <summary>A reference as somebody heard it on the telephone and typed it.</summary>
internal static class TypedReference
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Letters = 7;
    private const int FirstPart = 3;

    /// <summary>
    /// The reference as the exchange writes it, such as <c>K7F-4M2Q</c>: case and hyphen do not matter, and O, I and L are read as the digits that they
    /// look like. Null where it is none.
    /// </summary>
    public static string? Read(string typed)
    {
        var letters = new string([
            .. typed
                .ToUpperInvariant()
                .Where(c => c is not ('-' or ' '))
                .Select(c =>
                    c switch
                    {
                        'O' => '0',
                        'I' or 'L' => '1',
                        _ => c,
                    }
                ),
        ]);
        return letters.Length == Letters && letters.All(Alphabet.Contains)
            ? $"{letters[..FirstPart]}-{letters[FirstPart..]}"
            : null;
    }
}
