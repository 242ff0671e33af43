#!/usr/bin/env python3
"""package.py [FILE.vsix]: the extension as VS Code installs it, by nothing but Python."""

import json
import pathlib
import sys
import zipfile
from xml.sax.saxutils import quoteattr

HERE = pathlib.Path(__file__).resolve().parent
FILES = [
    'package.json', 'README.md', 'language-configuration.json', 'extension.js', 'connection.js', 'convert.js',
    'providers.js', 'syntaxes/cajal.tmLanguage.json',
]
# A package is the same for the same files.
WHEN = (1980, 1, 1, 0, 0, 0)

CONTENT_TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension=".json" ContentType="application/json"/>
<Default Extension=".js" ContentType="application/javascript"/>
<Default Extension=".md" ContentType="text/markdown"/>
<Default Extension=".txt" ContentType="text/plain"/>
<Default Extension=".vsixmanifest" ContentType="text/xml"/>
</Types>
"""

MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata>
<Identity Language="en-US" Id={name} Version={version} Publisher={publisher}/>
<DisplayName>{title}</DisplayName>
<Description xml:space="preserve">{description}</Description>
<Categories>Programming Languages</Categories>
<License>extension/LICENSE.txt</License>
<Properties>
<Property Id="Microsoft.VisualStudio.Code.Engine" Value={engine}/>
</Properties>
</Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
<Dependencies/>
<Assets>
<Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
<Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
<Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true"/>
</Assets>
</PackageManifest>
"""


def main() -> None:
    about = json.loads((HERE / 'package.json').read_text(encoding='utf-8'))
    target = sys.argv[1] if len(sys.argv) > 1 else f'{about["name"]}-{about["version"]}.vsix'
    manifest = MANIFEST.format(
        name=quoteattr(about['name']), version=quoteattr(about['version']), publisher=quoteattr(about['publisher']),
        title=about['displayName'], description=about['description'], engine=quoteattr(about['engines']['vscode']))
    parts = {'[Content_Types].xml': CONTENT_TYPES.encode(), 'extension.vsixmanifest': manifest.encode()}
    for file in FILES:
        parts[f'extension/{file}'] = (HERE / file).read_bytes()
    parts['extension/LICENSE.txt'] = (HERE.parent.parent / 'LICENSE').read_bytes()
    with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, WHEN), data, zipfile.ZIP_DEFLATED)
    print(target)


main()
