<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>ConversationFeature</name>
        <message numerus="yes">
            <source>Pictures and sound of %Ln questions were not kept: the model answers without them.</source>
            <translation>
                <numerusform>Pictures and sound of %Ln question were not kept: the model answers without them.</numerusform>
                <numerusform>Pictures and sound of %Ln questions were not kept: the model answers without them.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ConversationSaving</name>
        <message numerus="yes">
            <source>%Ln pictures</source>
            <translation>
                <numerusform>%Ln picture</numerusform>
                <numerusform>%Ln pictures</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Hearing</name>
        <message numerus="yes">
            <source>The transcript of {when} was cut off; its %Ln words are here.</source>
            <translation>
                <numerusform>The transcript of {when} was cut off; its %Ln word is here.</numerusform>
                <numerusform>The transcript of {when} was cut off; its %Ln words are here.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>HistoryDialog</name>
        <message numerus="yes">
            <source>%Ln words</source>
            <translation>
                <numerusform>%Ln word</numerusform>
                <numerusform>%Ln words</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>MessageModel</name>
        <message numerus="yes">
            <source>(with %Ln pictures)</source>
            <translation>
                <numerusform>(with %Ln picture)</numerusform>
                <numerusform>(with %Ln pictures)</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Sentences</name>
        <message numerus="yes">
            <source>The context is full: the model does not see the %Ln oldest messages any more.</source>
            <translation>
                <numerusform>The context is full: the model does not see the %Ln oldest message any more.</numerusform>
                <numerusform>The context is full: the model does not see the %Ln oldest messages any more.</numerusform>
            </translation>
        </message>
    </context>
</TS>
