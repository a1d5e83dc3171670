using System.Globalization;
using System.Text;
using System.Xml;
using CpIs.Fhir.Core.Occurrences;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// Writes the national access to service notification (HL7 v3, REPC_MT000004GB01): which child of an authority's was looked up, by whom, where and when. It
/// names the child by NHS number, as the national service does, and is sent only into the mailbox of that authority. It names no plan and no reason: the
/// national message has no place for either. Class codes, mood codes and fixed codes are prohibited on the wire.
/// </summary>
public static class AccessNotificationXml
{
    private const string V3 = "urn:hl7-org:v3";
    private const string Localisation = "NPFIT:HL7:Localisation";
    private const string Templates = "2.16.840.1.113883.2.1.3.2.4.18.16";
    private const string NhsNumbers = "2.16.840.1.113883.2.1.4.1";
    private const string LocalIds = "2.16.840.1.113883.2.1.3.2.4.18.24";
    private const string SdsUsers = "1.2.826.0.1285.0.2.0.65";
    private const string SdsRoleProfiles = "1.2.826.0.1285.0.2.0.67";
    private const string JobRoles = "2.16.840.1.113883.2.1.3.2.4.17.196";

    /// <summary>
    /// Of organisations. Another root (…19.2) stands for sites; a setting's code may be either and does not say which, so the organisation's is sent.
    /// </summary>
    private const string Organisations = "2.16.840.1.113883.2.1.3.2.4.19.1";

    /// <summary>
    /// Sequence number of the upload file that the record came from. A record here comes from an upload in FHIR, which has none: -1, as the national
    /// acknowledgement says of a file whose number cannot be read.
    /// </summary>
    private const string NoFile = "-1";

    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    /// <summary>One file for one event: the accesses of one child that are told of together, one query for each.</summary>
    /// <param name="id">Id of the notice, the same whenever it is sent again: a UUID.</param>
    /// <param name="now">When it is written.</param>
    /// <param name="recipient">The authority that is told.</param>
    /// <param name="recipientName">Its name.</param>
    /// <param name="accesses">Unscheduled look-ups of one child, oldest first; at least one.</param>
    /// <param name="localId">The authority's own id of the child; null where it has sent none.</param>
    public static byte[] Write(
        string id,
        DateTimeOffset now,
        OdsCode recipient,
        string recipientName,
        IReadOnlyList<Occurrence> accesses,
        string? localId
    )
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Settings))
        {
            xml.WriteStartElement("CP-ISAccessToServiceNotification", V3);
            xml.WriteAttributeString("xmlns", "npfitlc", null, Localisation);
            WriteValue(xml, "effectiveTime", Time(now));
            WriteUuid(xml, id);
            xml.WriteStartElement("pertinentInformation", V3);
            xml.WriteStartElement("pertinentTotalReturnedRecords", V3);
            // One record: what an authority holds of one child.
            WriteValue(xml, "value", "1");
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteStartElement("pertinentInformation1", V3);
            xml.WriteStartElement("pertinentCP-ISRecordAccess", V3);
            foreach (var access in accesses)
                WriteQuery(xml, access, localId);
            xml.WriteStartElement("reference", V3);
            xml.WriteStartElement("referredToLAUploadFile", V3);
            xml.WriteStartElement("value", V3);
            xml.WriteAttributeString("extension", NoFile);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
            WriteRecipient(xml, recipient, recipientName);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }

    private static void WriteQuery(XmlWriter xml, Occurrence access, string? localId)
    {
        xml.WriteStartElement("pertinentInformation2", V3);
        xml.WriteStartElement("pertinentCP-ISNHSQuery", V3);
        WriteValue(xml, "effectiveTime", Time(access.Time));
        // The AuditEvent of the access has the same id, in lower case.
        WriteUuid(xml, access.Id);
        WriteAuthor(xml, access);
        xml.WriteStartElement("queryByParameter", V3);
        xml.WriteStartElement("person.id", V3);
        WriteId(xml, "value", NhsNumbers, access.Child!.Value.Digits);
        if (localId is not null)
            WriteId(xml, "value", LocalIds, localId);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>
    /// The person. The other choice, a device, needs an accredited system id that a caller here does not have; without a person (which a
    /// look-up needs) the author is told by the organisation alone.
    /// </summary>
    private static void WriteAuthor(XmlWriter xml, Occurrence access)
    {
        xml.WriteStartElement("author", V3);
        WriteTemplate(xml, "COCT_TP145102GB01", "AssignedAuthor");
        if (access.Person is { } person)
        {
            xml.WriteStartElement("code", V3);
            xml.WriteAttributeString("code", Clean(person.RoleCode));
            xml.WriteAttributeString("codeSystem", JobRoles);
            xml.WriteAttributeString("displayName", Clean(person.RoleName));
            xml.WriteEndElement();
            WriteId(xml, "id", SdsUsers, person.SdsUserId);
            if (person.RoleProfileId is { } profile)
                WriteId(xml, "id", SdsRoleProfiles, profile);
            xml.WriteStartElement("assignedAuthorPerson", V3);
            // As colleagues read it: which part is the family name is not known.
            xml.WriteElementString("name", V3, Clean(person.Name));
            xml.WriteEndElement();
        }

        WriteOrganisation(xml, "representedOrganization", access.Organisation, access.OrganisationName);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteRecipient(XmlWriter xml, OdsCode recipient, string name)
    {
        xml.WriteStartElement("primaryInformationRecipient", V3);
        WriteTemplate(xml, "COCT_TP145103GB01", "IntendedRecipient");
        WriteOrganisation(xml, "representedSourceOrganization", recipient, name);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>Which choice follows, and its beginning.</summary>
    private static void WriteTemplate(XmlWriter xml, string template, string choice)
    {
        xml.WriteStartElement("npfitlc", "contentId", Localisation);
        xml.WriteAttributeString("root", Templates);
        xml.WriteAttributeString("extension", $"{template}#{choice}");
        xml.WriteEndElement();
        xml.WriteStartElement($"{template}.{choice}", V3);
    }

    private static void WriteOrganisation(XmlWriter xml, string element, OdsCode code, string name)
    {
        xml.WriteStartElement(element, V3);
        WriteId(xml, "id", Organisations, code.Value);
        xml.WriteElementString("name", V3, Clean(name));
        xml.WriteEndElement();
    }

    private static void WriteId(XmlWriter xml, string element, string root, string extension)
    {
        xml.WriteStartElement(element, V3);
        xml.WriteAttributeString("root", root);
        xml.WriteAttributeString("extension", Clean(extension));
        xml.WriteEndElement();
    }

    /// <summary>UUIDs are in upper case on the Spine.</summary>
    private static void WriteUuid(XmlWriter xml, string id)
    {
        xml.WriteStartElement("id", V3);
        xml.WriteAttributeString("root", id.ToUpperInvariant());
        xml.WriteEndElement();
    }

    private static void WriteValue(XmlWriter xml, string element, string value)
    {
        xml.WriteStartElement(element, V3);
        xml.WriteAttributeString("value", value);
        xml.WriteEndElement();
    }

    /// <summary>With its offset, since it has hours.</summary>
    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMddHHmmss+0000", CultureInfo.InvariantCulture);

    /// <summary>What XML cannot hold becomes U+FFFD: a notice is not held up by a name.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(
                rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value)
                    ? rune.ToString()
                    : Rune.ReplacementChar.ToString()
            );
        return clean.ToString();
    }
}
