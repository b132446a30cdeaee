using System.Text;
using SipAlg.Testing.Hostile;

namespace SipAlg.Fuzz;

/// <summary>XML is scanned to its end, part behind part.</summary>
internal sealed class XmlTarget() : Target("xml", Documents)
{
    private static readonly byte[][] Documents =
    [
        .. new[]
        {
            "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"1\" state=\"full\" entity=\"sip:a@b\">\r\n" +
            " <dialog id=\"1\" call-id='x@y' local-tag=\"l\" remote-tag=\"r\"><state>early</state><local><identity display=\"A\">sip:a@b</identity><target uri=\"sip:a@c\"/></local></dialog>\r\n</dialog-info>\r\n",
            "<!DOCTYPE p [<!ENTITY e \"f\">]><p:presence xmlns:p=\"urn:x\" entity=\"pres:a@b\"><tuple id=\"t\"><contact>sip:a@b</contact><note><![CDATA[<&]]></note></tuple><!-- c --></p:presence>",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public override string? Check(byte[] input, int seed) => XmlSoundness.Check(input);
}
