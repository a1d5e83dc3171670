using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using CpIs.Fhir.Core.Keys;

namespace CpIs.Fhir.Server.Http;

/// <summary>
/// Encrypts what a next link holds (AES-256-GCM), so that a URL carries no NHS number and nobody can make or change a
/// cursor. It opens only for the organisation it was made for. Every server that shares the store can open it.
/// </summary>
/// <param name="keys">Holds the keys of purpose <see cref="KeyPurposes.Cursor"/>.</param>
internal sealed class CursorProtector(IKeyRing keys)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>URL-safe text: nonce, tag and cipher text.</summary>
    /// <param name="content">What to hide.</param>
    /// <param name="binding">Who may open it, such as an ODS code.</param>
    public string Protect(ReadOnlySpan<byte> content, string binding)
    {
        var box = new byte[NonceSize + TagSize + content.Length];
        var nonce = box.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(keys.Current(KeyPurposes.Cursor).Secret.Span, TagSize);
        aes.Encrypt(
            nonce,
            content,
            box.AsSpan(NonceSize + TagSize),
            box.AsSpan(NonceSize, TagSize),
            Encoding.UTF8.GetBytes(binding)
        );
        return Base64Url.EncodeToString(box);
    }

    /// <summary>What <see cref="Protect"/> hid, or false: never made here, changed, too old, or made for somebody else.</summary>
    public bool TryUnprotect(string cursor, string binding, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        if (cursor.Length > 16 * 1024 || !Base64Url.IsValid(cursor))
            return false;
        var box = Base64Url.DecodeFromChars(cursor);
        if (box.Length < NonceSize + TagSize)
            return false;
        var opened = new byte[box.Length - NonceSize - TagSize];
        foreach (var key in keys.Published(KeyPurposes.Cursor))
        {
            using var aes = new AesGcm(key.Secret.Span, TagSize);
            try
            {
                aes.Decrypt(
                    box.AsSpan(0, NonceSize),
                    box.AsSpan(NonceSize + TagSize),
                    box.AsSpan(NonceSize, TagSize),
                    opened,
                    Encoding.UTF8.GetBytes(binding)
                );
                content = opened;
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Another key may have sealed it.
            }
        }

        return false;
    }
}
