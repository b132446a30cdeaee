using System.Text;
using System.Xml;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Xml;
using SipAlg.Testing.Hostile;

namespace SipAlg.Protocol.Tests.Xml;

/// <summary>The scanner against the runtime's reader on sound documents, and against damage on all others.</summary>
public sealed class XmlPropertyTests
{
    private static readonly Gen<string> Name = Gen.Elements("dialog", "target", "x:uri", "_a", "b-1.c");
    private static readonly Gen<string> Space = Gen.Elements(" ", "\n", "  ", "\t");
    private static readonly Gen<string> Value = Gen.Elements("", "1", "sip:a@b;x=y", "a &amp; b", "&lt;&#65;", "ä€", " > ", "/");
    private static readonly Gen<string> Text = Gen.Elements("", "\n ", "sip:a@b.example", "a &amp; b", "ä", "]]", "'\"=/");
    private static readonly Gen<string> Aside = Gen.Elements("", "<!-- <a b='1'> -->", "<?pi <a?>", "<![CDATA[<a b='1'>&amp;]]>");

    private static Gen<string> Attribute =>
        from space in Space
        from name in Gen.Elements("id", "uri", "x:entity")
        from around in Gen.Elements("=", " = ", "=\n")
        from quote in Gen.Elements('"', '\'')
        from value in Value
        select $"{space}{name}{around}{quote}{value}{quote}";

    private static Gen<string> Node(int depth) =>
        from name in Name
        from attributes in Attribute.ArrayOf(3).Select(list => string.Concat(list.DistinctBy(attribute => attribute.Trim().Split('=')[0].Trim())))
        from end in Gen.Elements("", " ")
        from count in Gen.Choose(0, depth)
        from children in Node(depth - 1).ArrayOf(count).Select(string.Concat)
        from text in Text
        from aside in Aside
        from isClosed in Gen.Elements(true, false)
        select isClosed ? $"<{name}{attributes}{end}/>" : $"<{name}{attributes}{end}>{text}{aside}{children}{text}</{name}{end}>";

    private static Gen<string> Document =>
        from head in Gen.Elements("", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "<!DOCTYPE a [<!ENTITY b \"<c d='1'>\">]>\n")
        from node in Node(2)
        select $"{head}<root xmlns:x='urn:x'>{node}</root>\n";

    [Fact]
    public void Sound_documents_are_read_as_the_runtime_reads_them() => Prop.ForAll(Arb.From(Document), document =>
        Scanned(Encoding.UTF8.GetBytes(document)) == Read(document)).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Damaged_documents_are_scanned_to_their_end() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Document), (seed, document) =>
        XmlSoundness.Check(new Mutator(seed).Damage(Encoding.UTF8.GetBytes(document))) is null).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    /// <summary>Names, values and text, with references resolved; text in one piece, be it CDATA or not.</summary>
    private static string Scanned(byte[] text)
    {
        var parts = new StringBuilder();
        var room = new byte[text.Length];
        for (var scanner = new XmlScanner(text); scanner.MoveNext();)
        {
            var value = Encoding.UTF8.GetString(scanner.IsVerbatim ? scanner.Value : room.AsSpan(0, Protocol.Xml.XmlText.Unescape(scanner.Value, room)));
            parts.Append(scanner.Part switch
            {
                XmlPart.Element => $"<{Encoding.UTF8.GetString(scanner.Element)}>",
                XmlPart.Attribute => $"@{Encoding.UTF8.GetString(scanner.Attribute)}={value};",
                _ => string.Concat(value.Where(letter => !char.IsWhiteSpace(letter))),
            });
        }

        return parts.ToString();
    }

    private static string Read(string document)
    {
        var parts = new StringBuilder();
        using var reader = XmlReader.Create(new StringReader(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse, CheckCharacters = false });
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                parts.Append($"<{reader.LocalName}>");
                while (reader.MoveToNextAttribute())
                {
                    parts.Append($"@{(reader.Prefix == "xmlns" ? reader.Name : reader.LocalName)}={reader.Value};");
                }
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                parts.Append(string.Concat(reader.Value.Where(letter => !char.IsWhiteSpace(letter))));
            }
        }

        return parts.ToString();
    }
}
