using SipAlg.Fuzz.Engine;
using SipAlg.Testing.Hostile;

namespace SipAlg.Fuzz.Targets;

/// <summary>XML is scanned to its end, part behind part.</summary>
internal sealed class XmlTarget() : Target("xml", 60, Documents, XmlWords)
{
    private static readonly byte[][] Documents = Texts(
        "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"1\" state=\"full\" entity=\"sip:a@b\">\r\n" +
        " <dialog id=\"1\" call-id='x@y' local-tag=\"l\" remote-tag=\"r\"><state>early</state><local><identity display=\"A\">sip:a@b</identity><target uri=\"sip:a@c\"/></local></dialog>\r\n</dialog-info>\r\n",
        "<!DOCTYPE p [<!ENTITY e \"f\">]><p:presence xmlns:p=\"urn:x\" entity=\"pres:a@b\"><tuple id=\"t\"><contact>sip:a@b</contact><note><![CDATA[<&]]></note></tuple><!-- c --></p:presence>");

    private static readonly byte[][] XmlWords = Texts(
        "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!DOCTYPE", "[", "]", "\"", "'", "=", " ", "&amp;", "&#64;", "&#x110000;", "&#x", "&", ";", "&e;", "<a b='c'>", "</a>", "entity=\"sip:x@y\"", "uri=", ":", "\0", "é", "--", "xmlns:p=\"u\"");

    public override string? Check(FuzzInput input, Features features)
    {
        var scanner = new Protocol.Xml.XmlScanner(input.Octets);
        var (parts, previous) = (0, 0);
        for (; parts <= input.Length && scanner.MoveNext(); parts++)
        {
            features.Add(1 + previous, (int)scanner.Part);
            previous = (int)scanner.Part;
        }

        features.AddSize(100, parts);
        features.Add(101, scanner.IsMalformed ? 1 : 0);
        return XmlSoundness.Check(input.Octets);
    }
}
